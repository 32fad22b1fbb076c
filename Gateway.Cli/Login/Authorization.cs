using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Cli.Login;

/// <summary>
/// One login by browser: proof of possession (PKCE, RFC 7636 with S256) and a state that ties the answer to the question. Made of 256
/// random bits each.
/// </summary>
sealed record Authorization(string Redirect, string State, string Verifier)
{
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public static Authorization New(string redirect) => new(redirect, Secret(), Secret());

    static string Secret() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// A command that waits on a loopback port for the outcome of a login (RFC 8252 section 7.3), with its proof key's challenge (RFC 7636, S256)
/// and its state. Where the outcome goes is always loopback: nobody can have it sent elsewhere.
/// </summary>
public sealed record LoopbackLogin(int Port, string Challenge, string State)
{
    // SHA-256 in base64url, without padding.
    const int ChallengeLength = 43;

    const int LongestState = 128;

    /// <summary>Null when one of them is none.</summary>
    public static LoopbackLogin? Read(string? port, string? challenge, string? state)
    {
        var isPort = ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1024;
        return isPort && challenge is { Length: ChallengeLength } && Base64Url.IsValid(challenge) && state is { Length: > 0 and <= LongestState } && Base64Url.IsValid(state)
            ? new LoopbackLogin(number, challenge, state)
            : null;
    }

    /// <summary>Where the browser goes with a code.</summary>
    public string With(string code) => $"http://127.0.0.1:{Port}/callback?code={code}&state={State}";

    /// <summary>Where the browser goes with a refusal's word.</summary>
    public string Without(string refusal) => $"http://127.0.0.1:{Port}/callback?error={refusal}&state={State}";

    /// <summary>True when the challenge was made of this verifier. In constant time.</summary>
    public bool IsProvenBy(string verifier) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Challenge), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)))));
}

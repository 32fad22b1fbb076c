using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// Keeps a login that was begun in the browser itself, so that any node can finish it: encrypted and authenticated (AES-256-GCM) with a key
/// that only the cluster's nodes have. Layout: <c>nonce(12) tag(16) ciphertext</c>, base64url.
/// </summary>
sealed class LoginSeal(byte[] key)
{
    /// <summary>Characters; what is sealed has at most 400 bytes.</summary>
    const int Longest = 1024;

    const int Nonce = 12;
    const int Tag = 16;

    public string Seal(BegunLogin login)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(login, BegunLoginJson.Default.BegunLogin);
        var whole = new byte[Nonce + Tag + plain.Length];
        RandomNumberGenerator.Fill(whole.AsSpan(0, Nonce));
        using var cipher = new AesGcm(key, Tag);
        cipher.Encrypt(whole.AsSpan(0, Nonce), plain, whole.AsSpan(Nonce + Tag), whole.AsSpan(Nonce, Tag));
        return Base64Url.EncodeToString(whole);
    }

    /// <summary>Null for what this cluster did not seal, and when its time is over.</summary>
    public BegunLogin? Open(string? text, DateTimeOffset now)
    {
        if (text is not { Length: > 0 and <= Longest } || !Base64Url.IsValid(text)) return null;
        var whole = Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(text));
        if (whole.Length <= Nonce + Tag) return null;
        var plain = new byte[whole.Length - Nonce - Tag];
        try
        {
            using var cipher = new AesGcm(key, Tag);
            cipher.Decrypt(whole.AsSpan(0, Nonce), whole.AsSpan(Nonce + Tag), whole.AsSpan(Nonce, Tag), plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        var login = JsonSerializer.Deserialize(plain, BegunLoginJson.Default.BegunLogin);
        return login is not null && now < login.Until ? login : null;
    }
}

/// <summary>A login that waits for the provider's answer.</summary>
/// <param name="Provider">The provider it was begun at.</param>
/// <param name="RequestId">What the answer must answer.</param>
/// <param name="Asked">Who waits for the outcome.</param>
/// <param name="Until">The answer must come before.</param>
sealed record BegunLogin(string Provider, string RequestId, LoopbackLogin Asked, DateTimeOffset Until);

[JsonSerializable(typeof(BegunLogin))]
[JsonSerializable(typeof(SamlCode))]
sealed partial class BegunLoginJson : JsonSerializerContext;

using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Sasl;

/// <summary>
/// SCRAM (RFC 5802, RFC 7677) as a client, without channel binding: Kafka and most others have none. Names and passwords are taken as they are, in
/// UTF-8; SASLprep (RFC 4013) changes none of ASCII, and Kafka does without it.
/// </summary>
public sealed class ScramClient : SaslClient
{
    /// <summary>Fewer make a password that is listened to cheap to guess.</summary>
    const int LeastIterations = ScramVerifier.LeastIterations;

    /// <summary>More cost a server nothing and the gateway its time. Origin: 100,000 take about 60 ms; Kafka asks for 16,384 at most.</summary>
    const int MostIterations = ScramVerifier.MostIterations;

    /// <summary>Characters of a server's message. Origin: a nonce, a salt and a number take about 150.</summary>
    const int MostMessage = 4096;

    const string GS2 = "n,,";

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    readonly HashAlgorithmName _hash;
    readonly string _password;
    readonly string _nonce;
    readonly string _bare;
    byte[]? _serverSignature;
    bool _isServerProved;

    public ScramClient(SaslMechanism mechanism, string userName, string password, string nonce)
    {
        _hash = ScramVerifier.HashOf(mechanism);
        (_password, _nonce) = (password, nonce);
        // RFC 5802 section 5.1: both characters have a meaning of their own.
        var name = userName.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _bare = $"n={name},r={nonce}";
    }

    public override byte[] First => Encoding.UTF8.GetBytes(GS2 + _bare);

    public override bool IsSatisfied => _isServerProved;

    public static string NewNonce() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));

    public override SaslStep Read(ReadOnlySpan<byte> message)
    {
        if (message.Length > MostMessage) return SaslStep.Bad($"SCRAM: a message of {message.Length} bytes");
        try
        {
            var text = s_strict.GetString(message);
            return _serverSignature is null ? Prove(text) : Check(text, _serverSignature);
        }
        catch (DecoderFallbackException)
        {
            return SaslStep.Bad("SCRAM: a message that is not UTF-8");
        }
    }

    /// <summary><c>r=nonce,s=salt,i=iterations[,extensions]</c>.</summary>
    SaslStep Prove(string serverFirst)
    {
        if (serverFirst.Split(',') is not [['r', '=', .. var nonce], ['s', '=', .. var encoded], ['i', '=', .. var number], ..])
            return SaslStep.Bad("SCRAM: the upstream does not ask for a proof");
        if (!nonce.StartsWith(_nonce, StringComparison.Ordinal) || nonce.Length == _nonce.Length)
            return SaslStep.Bad("SCRAM: the upstream's nonce does not follow the gateway's");
        if (Decoded(encoded) is not { Length: > 0 } salt) return SaslStep.Bad("SCRAM: the salt is malformed");
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < LeastIterations or > MostIterations)
            return SaslStep.Bad($"SCRAM: the upstream's number of iterations is not between {LeastIterations} and {MostIterations}");

        var size = _hash == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes : SHA512.HashSizeInBytes;
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(_password), salt, iterations, _hash, size);
        var withoutProof = $"c={Convert.ToBase64String(Encoding.ASCII.GetBytes(GS2))},r={nonce}";
        var spoken = Encoding.UTF8.GetBytes($"{_bare},{serverFirst},{withoutProof}");
        var clientKey = Keyed(salted, "Client Key"u8);
        var signature = Keyed(CryptographicOperations.HashData(_hash, clientKey), spoken);
        _serverSignature = Keyed(Keyed(salted, "Server Key"u8), spoken);
        for (var i = 0; i < clientKey.Length; i++) clientKey[i] ^= signature[i];
        CryptographicOperations.ZeroMemory(salted);
        return new(Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(clientKey)}"), null);
    }

    /// <summary><c>v=signature</c>, or <c>e=word</c>.</summary>
    SaslStep Check(string serverFinal, ReadOnlySpan<byte> signature)
    {
        if (serverFinal.StartsWith("e=", StringComparison.Ordinal)) return SaslStep.Bad("SCRAM: the upstream does not take the proof");
        if (serverFinal.Split(',') is not [['v', '=', .. var encoded], ..] || !CryptographicOperations.FixedTimeEquals(Decoded(encoded), signature))
            return SaslStep.Bad("SCRAM: the upstream does not know the password itself");
        _isServerProved = true;
        return default;
    }

    byte[] Keyed(byte[] key, ReadOnlySpan<byte> of) => CryptographicOperations.HmacData(_hash, key, of);

    static byte[]? Decoded(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}

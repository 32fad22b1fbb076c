using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Sasl;

/// <summary>
/// What a server keeps of a password to take SCRAM's proofs of it (RFC 5802 section 3): who has it can neither log in by it nor read the password from it, but
/// can guess, and can pass for the server. As text, in the form that PostgreSQL has it:
/// <c>mechanism $ iterations : salt $ StoredKey : ServerKey</c>, the last three in base 64.
/// </summary>
public sealed record ScramVerifier(SaslMechanism Mechanism, int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>Fewer make a verifier that leaks cheap to guess from. RFC 7677 section 4.</summary>
    public const int LeastIterations = 4096;

    /// <summary>More cost every client its time at each login. Origin: what the gateway itself, as a client, does for a server.</summary>
    public const int MostIterations = 100_000;

    /// <summary>Origin: what Kafka's own tools allow at most; below 20 ms for a client.</summary>
    public const int UsualIterations = 16_384;

    /// <summary>Bytes. Origin: what PostgreSQL and others take.</summary>
    public const int UsualSalt = 16;

    const int LeastSalt = 8;
    const int MostSalt = 64;

    /// <summary>The verifier of a password.</summary>
    public static ScramVerifier Of(SaslMechanism mechanism, string password, ReadOnlySpan<byte> salt, int iterations)
    {
        var hash = HashOf(mechanism);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, hash, SizeOf(mechanism));
        var clientKey = CryptographicOperations.HmacData(hash, salted, "Client Key"u8);
        var verifier = new ScramVerifier(
            mechanism, iterations, salt.ToArray(), CryptographicOperations.HashData(hash, clientKey), CryptographicOperations.HmacData(hash, salted, "Server Key"u8));
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return verifier;
    }

    /// <summary>Reads the text of one; null where it is none, or a weak one.</summary>
    public static ScramVerifier? Read(string text)
    {
        if (text.Split('$') is not [var word, var how, var keys]) return null;
        if (how.Split(':') is not [var number, var salted] || keys.Split(':') is not [var stored, var server]) return null;
        if (All.Where(known => known.Word() == word).ToArray() is not [var mechanism]) return null;
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)) return null;
        if (iterations is < LeastIterations or > MostIterations) return null;
        if (ScramText.Decoded(salted) is not { Length: >= LeastSalt and <= MostSalt } salt) return null;
        if (ScramText.Decoded(stored) is not { } storedKey || ScramText.Decoded(server) is not { } serverKey) return null;
        var size = SizeOf(mechanism);
        return storedKey.Length == size && serverKey.Length == size ? new(mechanism, iterations, salt, storedKey, serverKey) : null;
    }

    /// <summary>The mechanisms that have verifiers, in the order of the gateway's liking.</summary>
    public static readonly IReadOnlyList<SaslMechanism> All = [SaslMechanism.ScramSha512, SaslMechanism.ScramSha256];

    /// <summary>The text that <see cref="Read"/> reads. A secret.</summary>
    public string Write() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Mechanism.Word()}${Iterations}:{Convert.ToBase64String(Salt)}${Convert.ToBase64String(StoredKey)}:{Convert.ToBase64String(ServerKey)}");

    /// <summary>Never prints the keys.</summary>
    public override string ToString() => $"ScramVerifier {{ Mechanism = {Mechanism.Word()}, Keys = (hidden) }}";

    internal static HashAlgorithmName HashOf(SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.ScramSha256 => HashAlgorithmName.SHA256,
        SaslMechanism.ScramSha512 => HashAlgorithmName.SHA512,
        _ => throw new ArgumentOutOfRangeException(nameof(mechanism), mechanism, "This is no SCRAM."),
    };

    /// <summary>Bytes of its keys.</summary>
    public static int SizeOf(SaslMechanism mechanism) => HashOf(mechanism) == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes : SHA512.HashSizeInBytes;
}

using System.Security.Cryptography;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// The data key of one session's recording. It lies beside the journal, sealed with the cluster's key, and nowhere else: without it the chunks are noise that
/// still verifies. Cleared by disposal.
/// </summary>
public sealed class RecordingKey : IDisposable
{
    /// <summary>What the cluster's key calls it.</summary>
    public const string What = "gateway.session-key.1";

    readonly byte[] _key;

    RecordingKey(byte[] key) => _key = key;

    public ReadOnlySpan<byte> Bytes => _key;

    public static RecordingKey New() => new(RandomNumberGenerator.GetBytes(ContentSeal.KeyLength));

    /// <summary>Takes the bytes over; null where they are no key.</summary>
    public static RecordingKey? Of(byte[]? bytes) => bytes is { Length: ContentSeal.KeyLength } ? new RecordingKey(bytes) : null;

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);
}

/// <summary>What there is of a recording's key.</summary>
/// <param name="Key">Null: the recording is not encrypted, or the key was destroyed.</param>
/// <param name="DestroyedAt">When it was, in microseconds since the Unix epoch.</param>
public sealed record KeyFinding(RecordingKey? Key, long? DestroyedAt)
{
    public static readonly KeyFinding None = new(null, null);
}

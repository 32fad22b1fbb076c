using System.Buffers;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// The bookkeeping of one session's recording: chain, chunk index, offsets and totals. Every event passes exactly once, in the order it is persisted.
/// Rebuilt from the journal with <see cref="Recover"/>, so that a survivor can seal what a lost node recorded. Not thread-safe.
/// </summary>
public sealed class SessionRecorder(string sessionId)
{
    [ThreadStatic]
    static ArrayBufferWriter<byte>? t_content;

    readonly byte[] _chain = SessionChain.Start(sessionId);
    RecordingKey? _key;
    uint _operations;

    public string SessionId { get; } = sessionId;

    /// <summary>Events appended or recovered so far.</summary>
    public long Events { get; private set; }

    public uint Chunks { get; private set; }

    public long ToUpstreamBytes { get; private set; }

    public long ToClientBytes { get; private set; }

    /// <summary>The recording's first event, when it is one of an accepted session.</summary>
    public SessionOpened? Opened { get; private set; }

    /// <summary>The session was accepted, whether or not it has ended since.</summary>
    public bool WasOpened => Opened is not null;

    /// <summary>Accepted and not sealed: the recording goes on, or waits for its seal.</summary>
    public bool IsOpen => WasOpened && !IsSealed;

    public bool IsSealed => Sealed is not null;

    /// <summary>The recording is one refused connection.</summary>
    public bool WasRefused => Refused is not null;

    /// <summary>The recording's only event, when the connection was refused before a session began.</summary>
    public SessionRefused? Refused { get; private set; }

    /// <summary>The seal, once there is one.</summary>
    public SessionSealed? Sealed { get; private set; }

    /// <summary>How the recording says it ended; null while it has not.</summary>
    public SessionClosing? Closing => Sealed is { } seal
        ? new SessionClosing(seal.SealedAt, seal.Ending, seal.Refusal, seal.Detail, seal.ToUpstreamBytes, seal.ToClientBytes)
        : Refused is { } refused
            ? new SessionClosing(refused.RefusedAt, Ending.Refused, refused.Refusal, refused.Detail, 0, 0)
            : null;

    /// <summary>Appends any event but traffic and the seal.</summary>
    public StoredEvent Append(SessionEvent e) => e switch
    {
        TrafficRecorded or SessionSealed => throw new ArgumentException($"{e.GetType().Name} has its own way into the recording.", nameof(e)),
        OperationsRecorded recorded when _key is not null => Store(OperationsCodec.Encrypt(SessionId, _operations, recorded, _key)),
        _ => Store(e),
    };

    /// <summary>Chunks and operations are encrypted with this from now on.</summary>
    public void EncryptWith(RecordingKey key) => _key = key;

    /// <summary>Appends a chunk, as small as it gets where nothing else is said. The draft's bytes are copied; it stays the caller's.</summary>
    public StoredEvent Append(ChunkDraft draft, IChunkCompression? compression = null)
    {
        if (draft.IsEmpty)
            throw new ArgumentException("An empty chunk is not recorded.", nameof(draft));
        var stored = ArrayPool<byte>.Shared.Rent(draft.Length + ContentSeal.TagLength);
        try
        {
            var compressed = (compression ?? ChunkCompression.Small).TryCompress(draft.Bytes.Span, stored.AsSpan(0, draft.Length));
            var payload = compressed < 0 ? draft.Bytes : stored.AsMemory(0, compressed);
            return Store(_key is null ? Chunk(draft, compressed, payload) : Encrypted(_key, draft, compressed, payload, stored));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    /// <summary>Appends the last event, signed. The totals are the recording's own, not those of <paramref name="closing"/>.</summary>
    public StoredEvent Seal(SessionClosing closing, string sealedBy, SealKey key)
    {
        var unsigned = new SessionSealed
        {
            SealedAt = closing.ClosedAt,
            Ending = closing.Ending,
            Refusal = closing.Refusal,
            Detail = closing.Detail,
            Chunks = Chunks,
            ToUpstreamBytes = ToUpstreamBytes,
            ToClientBytes = ToClientBytes,
            SealedBy = sealedBy,
            KeyId = key.Id,
            Signature = default,
        };
        return Store(SessionSeal.Sign(unsigned, _chain, key.Sign));
    }

    /// <summary>Takes an event that lies in the journal already, chain checked. Throws <see cref="JournalFormatException"/>.</summary>
    public void Recover(StoredEvent stored)
    {
        var e = stored.Decode();
        RequireOrder(e);
        Span<byte> chain = stackalloc byte[SessionChain.Length];
        var content = SessionChain.ContentOf(stored.Bytes);
        SessionChain.Next(_chain, stored.Manifest, content, chain);
        if (!chain.SequenceEqual(SessionChain.ValueOf(stored.Bytes)))
            throw new JournalFormatException(content.Length, $"Event {Events + 1} of session {SessionId} does not continue the chain");
        chain.CopyTo(_chain);
        Count(e);
    }

    /// <summary>
    /// Takes up a recording at its tail, in place of everything up to it, of which only the first event and the link to the last are checked. That the
    /// rest is what it is said to be, only who verifies the recording finds out, as of everything that lies in the journal. Throws
    /// <see cref="JournalFormatException"/>.
    /// </summary>
    public void Resume(RecordingTail tail)
    {
        Recover(tail.First);
        if (tail.Unkept is { } unkept)
            (_operations, ToUpstreamBytes, ToClientBytes) = (unkept.Operations, unkept.ToUpstreamBytes, unkept.ToClientBytes);
        else if (tail.Last.Decode() is TrafficRecorded chunk && chunk.Index <= tail.Number - 2)
            (Chunks, ToUpstreamBytes, ToClientBytes) = (chunk.Index, chunk.ToUpstreamOffset, chunk.ToClientOffset);
        else
            throw new JournalFormatException(0, $"Event {tail.Number} of session {SessionId} is no chunk of it");
        Events = tail.Number - 1;
        tail.Before.Span.CopyTo(_chain);
        Recover(tail.Last);
    }

    StoredEvent Store(SessionEvent e)
    {
        RequireOrder(e);
        var content = t_content ??= new ArrayBufferWriter<byte>(ChunkDraft.Capacity + 4096);
        content.ResetWrittenCount();
        SessionEventTable.WriteContent(e, content);
        var manifest = SessionEventTable.ManifestOf(e);
        var bytes = GC.AllocateUninitializedArray<byte>(content.WrittenCount + SessionChain.Length);
        content.WrittenSpan.CopyTo(bytes);
        SessionChain.Next(_chain, manifest, content.WrittenSpan, _chain);
        _chain.CopyTo(bytes.AsSpan(content.WrittenCount));
        Count(e);
        return new StoredEvent(manifest, bytes);
    }

    void RequireOrder(SessionEvent e)
    {
        if (IsSealed || WasRefused)
            throw new InvalidOperationException($"Session {SessionId} has ended; {e.GetType().Name} cannot follow.");
        if ((e is SessionOpened or SessionRefused) != (Events == 0))
            throw new InvalidOperationException($"{e.GetType().Name} cannot be event {Events + 1} of session {SessionId}.");
    }

    void Count(SessionEvent e)
    {
        Events++;
        switch (e)
        {
            case SessionOpened opened:
                Opened = opened;
                break;
            case SessionRefused refused:
                Refused = refused;
                break;
            case TrafficRecorded chunk:
                CountTraffic(chunk);
                break;
            case TrafficCounted counted:
                ToUpstreamBytes += counted.ToUpstreamBytes;
                ToClientBytes += counted.ToClientBytes;
                break;
            case OperationsRecorded recorded:
                ToUpstreamBytes += recorded.ToUpstreamBytes;
                ToClientBytes += recorded.ToClientBytes;
                break;
            case OperationsEncrypted encrypted:
                _operations++;
                ToUpstreamBytes += encrypted.ToUpstreamBytes;
                ToClientBytes += encrypted.ToClientBytes;
                break;
            case SessionSealed seal:
                Sealed = seal;
                break;
        }
    }

    void CountTraffic(TrafficRecorded chunk)
    {
        Chunks++;
        for (var i = 0; i < chunk.Entries.Count; i++)
        {
            if (chunk.Entries[i].Direction == Direction.ToUpstream)
                ToUpstreamBytes += chunk.Entries[i].Length;
            else
                ToClientBytes += chunk.Entries[i].Length;
        }
    }

    // The payload lies in the same bytes already where it was compressed: it is encrypted in place.
    TrafficRecorded Encrypted(RecordingKey key, ChunkDraft draft, int compressed, ReadOnlyMemory<byte> payload, byte[] stored)
    {
        var length = payload.Length + ContentSeal.TagLength;
        var chunk = Chunk(draft, compressed, stored.AsMemory(0, length), Encryption.Aes256Gcm);
        ContentSeal.Seal(key.Bytes, SealedPlace.Of(SessionId, chunk), payload.Span, stored.AsSpan(0, length));
        return chunk;
    }

    TrafficRecorded Chunk(ChunkDraft draft, int compressed, ReadOnlyMemory<byte> payload, Encryption encryption = Encryption.None) => new()
    {
        Index = Chunks,
        StartedAt = draft.StartedAt,
        ToUpstreamOffset = ToUpstreamBytes,
        ToClientOffset = ToClientBytes,
        Entries = draft.Entries,
        Compression = compressed < 0 ? Compression.None : Compression.Zstandard,
        Encryption = encryption,
        PlainLength = draft.Length,
        Payload = payload,
    };
}

using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>One piece of recorded traffic. <see cref="At"/> is in microseconds since the Unix epoch.</summary>
public readonly record struct ReplayPiece(long At, Direction Direction, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Turns journaled events back into the traffic they recorded. It neither checks the hash chain nor the signature, but stops with
/// <see cref="InvalidDataException"/> where traffic is missing: replayed bytes never silently skip a gap.
/// </summary>
public static class SessionReplay
{
    /// <summary>As below, of a session that this archive has.</summary>
    public static IAsyncEnumerable<ReplayPiece> PiecesAsync(
        ISessionArchive archive, SessionRow row, Action<OperationsRecorded>? operations, CancellationToken cancel) =>
        PiecesAsync(archive, row.SessionId, archive.ReadAsync(row.SessionId, cancel), ended: row.Closing is not null, operations, cancel);

    /// <summary>
    /// The traffic of both directions in the order it was relayed, one chunk in memory at a time. The recording of an
    /// <paramref name="ended"/> session must have its last event; one that still runs may stop anywhere. Encrypted chunks are opened with
    /// the archive's key to them, which is asked for with the first. Where operations were kept instead of bytes <paramref name="operations"/> gets them, each
    /// time before a piece of no bytes; without it they are as good as missing.
    /// </summary>
    public static async IAsyncEnumerable<ReplayPiece> PiecesAsync(
        ISessionArchive archive, string sessionId, IAsyncEnumerable<JournaledEvent> events, bool ended, Action<OperationsRecorded>? operations = null,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var position = new Position();
        KeyFinding? found = null;
        try
        {
            await foreach (var e in events.WithCancellation(cancel))
            {
                switch (SessionEventTable.ReadStored(e.Manifest, e.Bytes.Span))
                {
                    case TrafficRecorded chunk:
                        position.Expect(chunk);
                        if (chunk.Encryption != Encryption.None) found ??= await archive.KeyAsync(sessionId, cancel);
                        foreach (var piece in PiecesOf(sessionId, chunk, found ?? KeyFinding.None))
                        {
                            position.Advance(piece);
                            yield return piece;
                        }

                        break;
                    case OperationsEncrypted encrypted when operations is not null:
                        position.Expect(encrypted);
                        found ??= await archive.KeyAsync(sessionId, cancel);
                        yield return Give(Opened(sessionId, encrypted, found), operations);
                        break;
                    case OperationsRecorded recorded when operations is not null:
                        position.Advance(recorded.ToUpstreamBytes, recorded.ToClientBytes);
                        yield return Give(recorded, operations);
                        break;
                    case OperationsEncrypted or OperationsRecorded { ToUpstreamBytes: > 0 } or OperationsRecorded { ToClientBytes: > 0 }:
                        throw new InvalidDataException("The connection's recording level was operations: what they carried was not kept.");
                    case TrafficCounted counted when counted.ToUpstreamBytes + counted.ToClientBytes > 0:
                        throw new InvalidDataException("The connection's recording level was below full: traffic was counted and not kept.");
                    case SessionSealed seal:
                        position.Expect(seal);
                        break;
                    case SessionRefused:
                        position.IsOver = true;
                        break;
                }
            }
        }
        finally
        {
            found?.Key?.Dispose();
        }

        if (ended && !position.IsOver) throw new InvalidDataException("The last event is missing although the session ended.");
    }

    static ReplayPiece Give(OperationsRecorded recorded, Action<OperationsRecorded> to)
    {
        to(recorded);
        return new ReplayPiece(recorded.StartedAt, Direction.ToUpstream, ReadOnlyMemory<byte>.Empty);
    }

    static OperationsRecorded Opened(string sessionId, OperationsEncrypted encrypted, KeyFinding key)
    {
        RequireNotErased(key);
        return OperationsCodec.Open(sessionId, encrypted, key.Key);
    }

    static void RequireNotErased(KeyFinding key)
    {
        if (key.DestroyedAt is { } destroyed)
            throw new InvalidDataException($"The recording was erased at {UnixMicros.Time(destroyed):u}: the key to its content is destroyed.");
    }

    static List<ReplayPiece> PiecesOf(string sessionId, TrafficRecorded chunk, KeyFinding key)
    {
        if (chunk.Encryption != Encryption.None) RequireNotErased(key);
        var plain = ChunkCodec.Restore(sessionId, chunk, key.Key);
        var pieces = new List<ReplayPiece>(chunk.Entries.Count);
        var offset = 0;
        foreach (var entry in chunk.Entries)
        {
            if (entry.Length < 0 || entry.Length > plain.Length - offset)
                throw new InvalidDataException($"Chunk {chunk.Index} lists more bytes than its {plain.Length}.");
            pieces.Add(new ReplayPiece(chunk.StartedAt + entry.AfterMicros, entry.Direction, plain.AsMemory(offset, entry.Length)));
            offset += entry.Length;
        }

        return offset == plain.Length
            ? pieces
            : throw new InvalidDataException($"Chunk {chunk.Index} lists {offset} of its {plain.Length} bytes.");
    }

    sealed class Position
    {
        uint _chunks;
        uint _operations;
        long _toUpstream;
        long _toClient;

        public bool IsOver { get; set; }

        public void Expect(TrafficRecorded chunk)
        {
            if (IsOver) throw new InvalidDataException($"Chunk {chunk.Index} follows the last event.");
            if (chunk.Index != _chunks) throw new InvalidDataException($"Chunk {_chunks} is missing: chunk {chunk.Index} follows.");
            if (chunk.ToUpstreamOffset != _toUpstream || chunk.ToClientOffset != _toClient)
                throw new InvalidDataException($"Traffic is missing before chunk {chunk.Index}.");
            _chunks++;
        }

        public void Expect(SessionSealed seal)
        {
            if (seal.Chunks != _chunks || seal.ToUpstreamBytes != _toUpstream || seal.ToClientBytes != _toClient)
                throw new InvalidDataException($"Traffic is missing before the seal: it counts {seal.Chunks} chunks, {_chunks} were read.");
            IsOver = true;
        }

        public void Expect(OperationsEncrypted encrypted)
        {
            if (encrypted.Index != _operations) throw new InvalidDataException($"Operations {_operations} are missing: {encrypted.Index} follow.");
            _operations++;
            Advance(encrypted.ToUpstreamBytes, encrypted.ToClientBytes);
        }

        public void Advance(long toUpstream, long toClient)
        {
            if (IsOver) throw new InvalidDataException("Operations follow the last event.");
            _toUpstream += toUpstream;
            _toClient += toClient;
        }

        public void Advance(ReplayPiece piece)
        {
            if (piece.Direction == Direction.ToUpstream) _toUpstream += piece.Bytes.Length;
            else _toClient += piece.Bytes.Length;
        }
    }
}

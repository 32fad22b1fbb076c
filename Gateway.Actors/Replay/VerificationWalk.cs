using System.Buffers;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>Why an event cannot be the next of its recording. <see cref="At"/> counts in its stored bytes.</summary>
readonly record struct VerificationFault(int? At, string What);

/// <summary>One walk along a recording; holds what the events so far add up to.</summary>
sealed class VerificationWalk(string sessionId, SealPublicKeys keys, RecordingKey? key)
{
    readonly byte[] _chain = SessionChain.Start(sessionId);
    uint _chunks;
    uint _operations;
    long _toUpstream;
    long _toClient;
    RecordingLevel _level = RecordingLevel.Full;
    bool _isSecured;
    SessionEvent? _last;
    bool _isKeyKnown;
    bool _isUnread;

    public long Events { get; private set; }

    /// <summary>Null when the event is sound; it is then part of the walk.</summary>
    public VerificationFault? Step(JournaledEvent e)
    {
        if (e.SequenceNumber != Events + 1)
            return new(null, $"event {Events + 1} is expected, number {e.SequenceNumber} follows");
        SessionEvent decoded;
        try
        {
            decoded = SessionEventTable.ReadStored(e.Manifest, e.Bytes.Span);
        }
        catch (JournalFormatException fault)
        {
            return new(fault.Offset, fault.Message);
        }
        Span<byte> next = stackalloc byte[SessionChain.Length];
        var content = SessionChain.ContentOf(e.Bytes.Span);
        SessionChain.Next(_chain, e.Manifest, content, next);
        if (!next.SequenceEqual(SessionChain.ValueOf(e.Bytes.Span)))
            return new(content.Length, "the chain value does not follow from this event and those before it");
        if ((Order(decoded) ?? Substance(decoded)) is { } bad)
            return new(null, bad);
        next.CopyTo(_chain);
        _last = decoded;
        Events++;
        return null;
    }

    public VerificationResult Finish(bool ended) => _last switch
    {
        null => Result(VerificationVerdict.Absent, "there are no events"),
        SessionSealed when _isKeyKnown => Result(VerificationVerdict.Verified, _isUnread ? "whole, unaltered and sealed; its content is encrypted and was not opened" : "whole, unaltered and sealed"),
        SessionSealed seal => Result(
            VerificationVerdict.UnknownKey, $"sealed by key {Convert.ToHexStringLower(seal.KeyId.Span)}, which was not given"),
        SessionRefused => Result(VerificationVerdict.NotSigned, "a refused connection, which is not signed"),
        _ when ended => Result(VerificationVerdict.Broken, "the session ended, but its last events are missing") with
        {
            BadEvent = Events + 1,
        },
        _ => Result(VerificationVerdict.Open, "unaltered so far, not sealed yet"),
    };

    public VerificationResult Result(VerificationVerdict verdict, string detail) =>
        new(verdict, detail) { Events = Events, ToUpstreamBytes = _toUpstream, ToClientBytes = _toClient };

    /// <summary>The order that <see cref="SessionEvent"/> documents.</summary>
    string? Order(SessionEvent e) => e switch
    {
        _ when _last is SessionSealed or SessionRefused => "an event follows the last one",
        SessionOpened or SessionRefused => Events == 0 ? null : "the first event comes again",
        _ when Events == 0 => "the first event is missing",
        UpstreamSecured => _isSecured ? "the upstream was secured twice" : null,
        _ => null,
    };

    string? Substance(SessionEvent e)
    {
        switch (e)
        {
            case SessionOpened opened:
                _level = opened.Level;
                return Names(opened.SessionId);
            case SessionRefused refused:
                return Names(refused.SessionId);
            case UpstreamSecured:
                _isSecured = true;
                return null;
            case TrafficRecorded chunk:
                return Traffic(chunk);
            case TrafficCounted counted:
                return Count(counted);
            case OperationsRecorded recorded:
                return Operations(recorded.ToUpstreamBytes, recorded.ToClientBytes);
            case OperationsEncrypted encrypted:
                return Operations(encrypted);
            case SessionSealed seal:
                return Seal(seal);
            default:
                return null;
        }
    }

    string? Names(string id) => id == sessionId ? null : "it belongs to another session";

    string? Count(TrafficCounted counted)
    {
        if (_level is RecordingLevel.Full or RecordingLevel.Operations)
            return "it only counts traffic that this recording should hold";
        _toUpstream += counted.ToUpstreamBytes;
        _toClient += counted.ToClientBytes;
        return null;
    }

    string? Operations(OperationsEncrypted encrypted)
    {
        if (encrypted.Index != _operations)
            return $"operations {_operations} are expected, operations {encrypted.Index} follow";
        if (key is null)
            _isUnread = true;
        else if (!OperationsCodec.TryOpen(sessionId, encrypted, key, out _))
            return "the operations do not open with the recording's key";
        _operations++;
        return Operations(encrypted.ToUpstreamBytes, encrypted.ToClientBytes);
    }

    string? Operations(long toUpstream, long toClient)
    {
        if (_level != RecordingLevel.Operations)
            return "it holds operations although this recording should not";
        _toUpstream += toUpstream;
        _toClient += toClient;
        return null;
    }

    string? Traffic(TrafficRecorded chunk)
    {
        if (_level != RecordingLevel.Full)
            return "it holds traffic although this recording should not";
        if (chunk.Index != _chunks)
            return $"chunk {_chunks} is expected, chunk {chunk.Index} follows";
        if (chunk.ToUpstreamOffset != _toUpstream || chunk.ToClientOffset != _toClient)
            return "traffic is missing before this chunk";
        var (up, down) = Lengths(chunk.Entries);
        if (up + down != chunk.PlainLength || !Restores(chunk))
            return $"the chunk does not hold the {up + down} bytes it lists";
        _chunks++;
        _toUpstream += up;
        _toClient += down;
        return null;
    }

    string? Seal(SessionSealed seal)
    {
        if (seal.Chunks != _chunks || seal.ToUpstreamBytes != _toUpstream || seal.ToClientBytes != _toClient)
            return "the seal counts other traffic than there is";
        if (keys.Find(seal.KeyId.Span) is not { } key)
            return null;
        _isKeyKnown = true;
        return SessionSeal.Verify(seal, _chain, key) ? null : "the seal's signature is not that of its key";
    }

    static (long ToUpstream, long ToClient) Lengths(IReadOnlyList<TrafficEntry> entries)
    {
        var (up, down) = (0L, 0L);
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Direction == Direction.ToUpstream)
                up += entries[i].Length;
            else
                down += entries[i].Length;
        }
        return (up, down);
    }

    bool Restores(TrafficRecorded chunk)
    {
        if (chunk.Encryption != Encryption.None && key is null)
        {
            _isUnread = true;
            return chunk.Payload.Length >= ContentSeal.TagLength;
        }

        var plain = ArrayPool<byte>.Shared.Rent(chunk.PlainLength);
        try
        {
            return ChunkCodec.TryRestore(sessionId, chunk, key, plain.AsSpan(0, chunk.PlainLength));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        }
    }
}

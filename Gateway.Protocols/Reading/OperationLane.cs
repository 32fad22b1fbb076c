using System.Buffers;

namespace Gateway.Protocols.Reading;

/// <summary>
/// One direction of a <see cref="LanedReader"/>: heads are held until they are whole, what follows them streams by. Where the bytes stop making
/// sense, all that follow are unread.
/// </summary>
abstract class OperationLane(Direction direction, ReaderLimits limits, string what)
{
    /// <summary>What a buffer may keep between two operations: live sessions are read too, and most of them are idle.</summary>
    const int MostKept = 1024;

    ArrayBufferWriter<byte> _held = new();

    // The operation that is under way, and the bytes that it lacks.
    DecodedOperation? _current;
    long _left;
    long _offset;
    bool _isStopped;

    protected Direction Direction { get; } = direction;

    protected ReaderLimits Limits { get; } = limits;

    /// <summary>What is held of a head.</summary>
    protected ArrayBufferWriter<byte> Held => _held;

    public void Read(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        while (!bytes.IsEmpty)
        {
            if (_isStopped)
            {
                Unread(at, bytes, "", into);
                return;
            }

            bytes = _current is null ? ReadHead(at, bytes, into) : ReadBody(at, bytes, into);
        }
    }

    /// <summary>What began and did not end.</summary>
    public void Finish(long at, List<DecodedOperation> into)
    {
        if (_current is { } cut)
        {
            _current = cut with { Length = cut.Length - _left };
            Complete(at, FormattableString.Invariant($"cut short, {_left} bytes are missing"), into);
        }
        else if (_held.WrittenCount > 0)
        {
            Unread(at, _held.WrittenSpan, $"{what} begins here and does not end", into);
        }

        _left = 0;
        Empty(ref _held);
    }

    /// <summary>Takes from the front what a head still lacks; yields the rest.</summary>
    protected abstract ReadOnlySpan<byte> ReadHead(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into);

    /// <summary>A part of what follows the head.</summary>
    protected abstract void Pass(ReadOnlySpan<byte> part);

    /// <summary>The current operation, its last byte read or <paramref name="cut"/> short, as it is told.</summary>
    protected abstract DecodedOperation Whole(DecodedOperation current, string? cut);

    /// <summary>A head is read.</summary>
    protected void Begin(DecodedOperation operation, long length, long left)
    {
        (_current, _left) = (operation with { Offset = _offset, Length = length }, left);
        Empty(ref _held);
    }

    /// <summary>Nothing from here on makes sense.</summary>
    protected void Stop()
    {
        _isStopped = true;
        Empty(ref _held);
    }

    protected void Complete(long at, string? cut, List<DecodedOperation> into)
    {
        into.Add(Whole(_current!, cut) with { At = at });
        _offset += _current!.Length;
        _current = null;
    }

    protected void Unread(long at, ReadOnlySpan<byte> bytes, string why, List<DecodedOperation> into)
    {
        into.Add(new DecodedOperation
        {
            At = at,
            Direction = Direction,
            Offset = _offset,
            Length = bytes.Length,
            Name = DecodedOperation.Bytes,
            Detail = why,
            IsUnread = true,
            Payload = bytes[..Math.Min(bytes.Length, Limits.Payload)].ToArray(),
            PayloadLength = bytes.Length,
        });
        _offset += bytes.Length;
    }

    /// <summary>Empties a buffer; one that has become large is given back.</summary>
    internal static void Empty(ref ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > MostKept) buffer = new ArrayBufferWriter<byte>();
        else buffer.ResetWrittenCount();
    }

    ReadOnlySpan<byte> ReadBody(long at, ReadOnlySpan<byte> bytes, List<DecodedOperation> into)
    {
        var length = (int)Math.Min(_left, bytes.Length);
        _left -= length;
        Pass(bytes[..length]);
        if (_left == 0) Complete(at, null, into);
        return bytes[length..];
    }
}

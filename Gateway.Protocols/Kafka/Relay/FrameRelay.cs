using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>What becomes of a frame once its header is read.</summary>
enum FrameFate
{
    /// <summary>It goes on as it comes, walked on the way.</summary>
    Stream,

    /// <summary>It is held until it is whole.</summary>
    Hold,

    /// <summary>It is walked as it comes, and goes no further.</summary>
    Drop,
}

/// <summary>The header of a frame.</summary>
/// <param name="HeadLength">Its bytes, its size included; 0 where more is needed.</param>
/// <param name="FrameLength">The bytes of the frame, its size included.</param>
readonly record struct FrameHead(int HeadLength, long FrameLength);

/// <summary>A refusal on the way, which is none where <see cref="Detail"/> is null.</summary>
readonly record struct FrameFault(Refusal Refusal, string? Detail)
{
    public static FrameFault None => default;

    public bool IsNone => Detail is null;
}

/// <summary>
/// Cuts one direction's bytes into frames, at whatever byte the chunks end. A header is held until it is whole; then the frame streams by,
/// walked and not held, or is held until it is whole, as its direction decides. Every frame is walked to its end: one that is malformed never
/// goes on whole.
/// </summary>
abstract class FrameRelay(Limits limits)
{
    /// <summary>How much of a frame is held at a time while its header is not whole.</summary>
    const int Step = 64;

    readonly PooledWriter _held = new();
    readonly PooledWriter _paused = new();
    readonly PooledWriter _postponed = new();
    readonly StreamWalk _walk = new();
    FrameHead _frame;
    FrameFate _fate;
    long _bodyLeft;
    int _again;
    int _postponedHead;
    bool _isOpen;

    protected Limits Limits { get; } = limits;

    /// <summary>The layout of the frame that is under way.</summary>
    protected MessageLayout? Layout { get; set; }

    public bool IsBetweenFrames => !_isOpen && _held.Length == 0;

    public RelayVerdict Relay(ReadOnlySpan<byte> input, RelayOutput output, IBufferWriter<byte> target)
    {
        var chunk = new RelayedChunk(input, target);
        while (!chunk.IsDone)
        {
            if ((Pauses || IsPostponed) && IsBetweenFrames)
            {
                if (_paused.Length + chunk.Rest.Length > Limits.KafkaPaused + _again) return Refused(TooLarge($"more than {Limits.KafkaPaused} bytes come while the session waits"));
                _paused.Write(chunk.Rest);
                chunk.Skip(chunk.Rest.Length);
                break;
            }

            var fault = !_isOpen ? Head(ref chunk, output) : _fate == FrameFate.Hold ? Hold(ref chunk, output) : Stream(ref chunk, output);
            if (!fault.IsNone) return Refused(fault);
        }

        if (chunk.IsWhole) return RelayVerdict.PassWhole;
        chunk.Flush();
        return RelayVerdict.PassOutput;
    }

    /// <summary>Goes on with what came during a pause.</summary>
    public RelayVerdict Resume(RelayOutput output, IBufferWriter<byte> target)
    {
        if (_paused.Length == 0) return RelayVerdict.PassOutput;
        var paused = _paused.Span.ToArray();
        _paused.LetGo();
        if (!Pauses) _again = 0;
        var verdict = Relay(paused, output, target);
        if (!verdict.IsWhole) return verdict;
        target.Write(paused);
        return RelayVerdict.PassOutput;
    }

    /// <summary>Whether a whole frame waits until it is known how it goes on.</summary>
    public bool IsPostponed => _postponed.Length > 0;

    /// <summary>Goes on with the frame that was postponed, and what came behind it.</summary>
    public RelayVerdict TakeUp(RelayOutput output, IBufferWriter<byte> target)
    {
        var frame = _postponed.Span.ToArray();
        _postponed.LetGo();
        var chunk = new RelayedChunk([], target);
        var fault = GoOn(frame, _postponedHead, wasAsked: true, ref chunk, output, out var passes);
        if (passes) chunk.Insert(frame);
        if (fault.IsNone) fault = Completed(ref chunk, output);
        if (!fault.IsNone) return Refused(fault);
        chunk.Flush();
        return Resume(output, target);
    }

    /// <summary>Keeps a whole frame that was judged, until <see cref="TakeUp"/>. It is not complete before.</summary>
    protected void Postpone(ReadOnlySpan<byte> frame, int headLength)
    {
        WriteSized(frame, _postponed);
        _postponedHead = headLength;
    }

    /// <summary>What is done to a whole frame last, or its refusal: it passes as it is, or what was inserted into the chunk goes on in its place.</summary>
    protected virtual FrameFault GoOn(ReadOnlySpan<byte> frame, int headLength, bool wasAsked, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        passes = true;
        return FrameFault.None;
    }

    /// <summary>Keeps a whole frame, to be read again after the pause that begins.</summary>
    protected void ReadAgain(ReadOnlySpan<byte> frame)
    {
        WriteSized(frame, _paused);
        _again = frame.Length;
    }

    // Of a frame with bytes behind it only what was walked is kept.
    static void WriteSized(ReadOnlySpan<byte> frame, PooledWriter target)
    {
        Span<byte> size = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(size, frame.Length - sizeof(int));
        target.Write(size);
        target.Write(frame[sizeof(int)..]);
    }

    /// <summary>The id of the last topic that passed.</summary>
    protected Guid PassingId => _walk.Uuid;

    /// <summary>Whether no other frame may begin yet.</summary>
    protected virtual bool Pauses => false;

    /// <summary>Reads a frame's header from its first bytes.</summary>
    protected abstract FrameFault ReadHead(ReadOnlySpan<byte> bytes, out FrameHead head);

    /// <summary>Decides what becomes of the frame, and sets its <see cref="Layout"/>: null for a body that nobody can walk.</summary>
    protected abstract FrameFault Open(ReadOnlySpan<byte> head, out FrameFate fate);

    /// <summary>A token of a frame, whether it streams by or was held until it is whole. The bytes are those of a content alone.</summary>
    protected virtual FrameFault Passing(in BodyToken token, ReadOnlySpan<byte> content) => FrameFault.None;

    /// <summary>
    /// A frame that was held is whole, and walked. Yields whether it goes on as it is; else what goes on in its place, if anything does, was inserted.
    /// </summary>
    protected abstract FrameFault Whole(ReadOnlySpan<byte> frame, int headLength, ref RelayedChunk chunk, RelayOutput output, out bool passes);

    /// <summary>A frame is done with, whatever became of it.</summary>
    protected abstract FrameFault Completed(ref RelayedChunk chunk, RelayOutput output);

    /// <summary>
    /// What the first field of the body that streams by, an int32, has to say at least; null: it is not looked at. The header was not read before the field
    /// had come.
    /// </summary>
    protected virtual int? LeastFirst => null;

    /// <summary>A refusal for a body that is malformed.</summary>
    protected abstract FrameFault Malformed(string detail);

    /// <summary>The most bytes of a frame that is held.</summary>
    protected abstract long MostHeld { get; }

    protected abstract FrameFault TooLarge(string detail);

    static RelayVerdict Refused(FrameFault fault) => RelayVerdict.Refuse(fault.Refusal, fault.Detail!);

    FrameFault Head(ref RelayedChunk chunk, RelayOutput output)
    {
        while (true)
        {
            var bytes = _held.Length == 0 ? chunk.Rest : _held.Span;
            var fault = ReadHead(bytes, out var head);
            if (!fault.IsNone) return fault;
            if (head.HeadLength > 0) return Begin(head, bytes, ref chunk, output);
            if (_held.Length > Limits.KafkaHeader) return TooLarge($"the header of a frame exceeds {Limits.KafkaHeader} bytes");
            if (chunk.IsDone) return FrameFault.None;
            var known = bytes.Length >= sizeof(int) ? sizeof(int) + (long)BinaryPrimitives.ReadInt32BigEndian(bytes) : sizeof(int);
            HoldSome((int)Math.Min(Math.Min(Step, chunk.Rest.Length), known - _held.Length), ref chunk);
        }
    }

    FrameFault Begin(FrameHead head, ReadOnlySpan<byte> bytes, ref RelayedChunk chunk, RelayOutput output)
    {
        if (head.FrameLength > Limits.KafkaFrame) return TooLarge($"a frame of {head.FrameLength} bytes exceeds {Limits.KafkaFrame}");
        var fault = Open(bytes[..head.HeadLength], out _fate);
        if (!fault.IsNone) return fault;
        if (_fate == FrameFate.Hold && head.FrameLength > MostHeld) return TooLarge($"{Layout} of {head.FrameLength} bytes exceeds {MostHeld}");
        (_frame, _isOpen) = (head, true);
        if (Layout is not null) _walk.Begin(Layout, head.FrameLength - head.HeadLength, isExact: _fate != FrameFate.Hold);
        _bodyLeft = head.FrameLength - head.HeadLength;
        return _fate == FrameFate.Hold ? TryWhole(ref chunk, output) : BeginStream(ref chunk, output);
    }

    // What is held of a frame that streams is its header, and perhaps the start of its body.
    FrameFault BeginStream(ref RelayedChunk chunk, RelayOutput output)
    {
        // A first field that changes is changed where it is held.
        var least = _frame.FrameLength - _frame.HeadLength >= sizeof(int) ? LeastFirst : null;
        if (_held.Length == 0 && least is not null) HoldSome(_frame.HeadLength + sizeof(int), ref chunk);
        if (_held.Length == 0)
        {
            PassOrDrop(_frame.HeadLength, ref chunk);
            return Finish(ref chunk, output);
        }

        if (least is { } number) Raise(_held.Written(_frame.HeadLength, sizeof(int)), number);
        var fault = Walk(_held.Span[_frame.HeadLength..]);
        if (_fate == FrameFate.Stream) chunk.Insert(_held.Span);
        _bodyLeft -= _held.Length - _frame.HeadLength;
        _held.LetGo();
        return fault.IsNone ? Finish(ref chunk, output) : fault;
    }

    FrameFault Stream(ref RelayedChunk chunk, RelayOutput output)
    {
        var length = (int)Math.Min(_bodyLeft, chunk.Rest.Length);
        var fault = Walk(chunk.Rest[..length]);
        if (!fault.IsNone) return fault;
        _bodyLeft -= length;
        PassOrDrop(length, ref chunk);
        return Finish(ref chunk, output);
    }

    void PassOrDrop(int length, ref RelayedChunk chunk)
    {
        if (_fate == FrameFate.Drop) chunk.Skip(length);
        else chunk.Pass(length);
    }

    static void Raise(Span<byte> number, int least)
    {
        if (BinaryPrimitives.ReadInt32BigEndian(number) < least) BinaryPrimitives.WriteInt32BigEndian(number, least);
    }

    FrameFault Walk(ReadOnlySpan<byte> bytes)
    {
        while (Layout is not null)
        {
            var before = bytes;
            var token = _walk.Next(ref bytes);
            if (token.Kind == BodyTokenKind.Malformed) return Malformed(_walk.Fault);
            if (token.Kind is BodyTokenKind.NeedMore or BodyTokenKind.End) return FrameFault.None;
            var fault = Passing(token, token.Kind == BodyTokenKind.Content ? before[..token.Consumed] : default);
            if (!fault.IsNone) return fault;
        }

        return FrameFault.None;
    }

    FrameFault Finish(ref RelayedChunk chunk, RelayOutput output)
    {
        if (_bodyLeft > 0) return FrameFault.None;
        // A body without a byte has not been walked yet, and one that was is at its end.
        var fault = Walk([]);
        _isOpen = false;
        return fault.IsNone ? Completed(ref chunk, output) : fault;
    }

    FrameFault Hold(ref RelayedChunk chunk, RelayOutput output)
    {
        HoldSome((int)Math.Min(_frame.FrameLength - _held.Length, chunk.Rest.Length), ref chunk);
        return _held.Length == _frame.FrameLength ? TryWhole(ref chunk, output) : FrameFault.None;
    }

    FrameFault TryWhole(ref RelayedChunk chunk, RelayOutput output)
    {
        var length = (int)_frame.FrameLength;
        if (_held.Length > 0)
        {
            if (_held.Length < length) return FrameFault.None;
            var fault = Judge(_held.Span, ref chunk, output, out var goesOn);
            if (goesOn) chunk.Insert(_held.Span);
            _held.LetGo();
            return fault.IsNone && !IsPostponed ? Completed(ref chunk, output) : fault;
        }

        if (chunk.Rest.Length < length)
        {
            HoldSome(chunk.Rest.Length, ref chunk);
            return FrameFault.None;
        }

        var judged = Judge(chunk.Rest[..length], ref chunk, output, out var passes);
        if (passes) chunk.Pass(length);
        else chunk.Skip(length);
        return judged.IsNone && !IsPostponed ? Completed(ref chunk, output) : judged;
    }

    FrameFault Judge(ReadOnlySpan<byte> frame, ref RelayedChunk chunk, RelayOutput output, out bool passes)
    {
        _isOpen = false;
        passes = false;
        var fault = Walk(frame[_frame.HeadLength..]);
        if (!fault.IsNone) return fault;
        var known = Layout is null ? frame : frame[..(_frame.HeadLength + (int)_walk.Position)];
        fault = Whole(known, _frame.HeadLength, ref chunk, output, out passes);
        if (passes && known.Length < frame.Length) passes = CutOff(known, ref chunk);
        return fault;
    }

    /// <summary>
    /// Clients and brokers do not mind bytes behind a message, and some send them, librdkafka behind Metadata v13 say. Nobody has read them: they
    /// do not go on.
    /// </summary>
    static bool CutOff(ReadOnlySpan<byte> known, ref RelayedChunk chunk)
    {
        Span<byte> size = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(size, known.Length - sizeof(int));
        chunk.Insert(size);
        chunk.Insert(known[sizeof(int)..]);
        return false;
    }

    void HoldSome(int length, ref RelayedChunk chunk)
    {
        _held.Write(chunk.Rest[..length]);
        chunk.Skip(length);
    }
}

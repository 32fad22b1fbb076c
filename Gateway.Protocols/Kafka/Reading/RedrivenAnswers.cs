using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>Cuts what comes back into responses, each to the request of its correlation id.</summary>
sealed class RedrivenAnswers
{
    /// <summary>Bytes of a response. Origin: nothing is asked whose answer is longer than a list of APIs.</summary>
    const int MostHeld = 256 * 1024;

    readonly PooledWriter _held = new();
    readonly MessageReader _reader = new();
    readonly Queue<(MessageLayout Layout, int CorrelationId)> _awaited = [];

    public string? Fault { get; private set; }

    public void Await(MessageLayout response, int correlationId) => _awaited.Enqueue((response, correlationId));

    /// <summary>The responses that are whole now.</summary>
    public IReadOnlyList<(MessageLayout Layout, StructValue Body)> Read(ReadOnlySpan<byte> received)
    {
        _held.Write(received);
        var read = new List<(MessageLayout, StructValue)>();
        var rest = _held.Span;
        while (Fault is null && rest.Length >= sizeof(int))
        {
            var length = sizeof(int) + (long)BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length is < ResponseHead.Fixed or > MostHeld) Fault = "what came is no answer of Kafka's";
            if (Fault is not null || rest.Length < length) break;
            if (One(rest[..(int)length]) is { } one) read.Add(one);
            rest = rest[(int)length..];
        }

        var left = rest.ToArray();
        _held.LetGo();
        _held.Write(left);
        return read;
    }

    (MessageLayout Layout, StructValue Body)? One(ReadOnlySpan<byte> frame)
    {
        if (!_awaited.TryDequeue(out var next) || !ResponseHead.TryRead(frame, next.Layout, out var head) || head.Length == 0 || head.CorrelationId != next.CorrelationId)
        {
            Fault = "an answer came to what was not asked";
            return null;
        }

        if (_reader.Read(next.Layout, frame[head.Length..], Limits.Default.KafkaStructs, isExact: false) is { } body) return (next.Layout, body);
        Fault = _reader.Fault;
        return null;
    }
}

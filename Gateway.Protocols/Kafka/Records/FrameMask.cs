using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Rules;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Kafka.Wire;
using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Kafka.Records;

/// <summary>
/// Masks the records of a whole Produce or Fetch. What cannot be masked in a Fetch is taken out, and its partition says that it is corrupt; a Produce with
/// such records goes no further.
/// </summary>
sealed class FrameMask(Direction direction, Masker masker, TopicIds topics, Limits limits)
{
    readonly FrameWalk _walk = new();
    readonly BatchMask _batches = new(masker, limits);
    readonly PooledWriter _records = new();

    /// <summary>Topics of which something could not be masked, and why.</summary>
    public List<(string Topic, string Fault)> Refused { get; } = [];

    /// <summary>The schemas that have to be asked for before the frame can be masked; then nothing was written, and nothing is refused.</summary>
    public IReadOnlyCollection<int> Missing { get; private set; } = [];

    /// <summary>Whether messages of that kind bring records this way.</summary>
    public bool Concerns(short key) => direction == Direction.ToClient ? ResponseGate.BringsRecords(key) : key == ApiKeys.Produce;

    /// <summary>Writes a frame whose body was walked already, masked; nothing, where it passes as it is.</summary>
    /// <param name="layout">Its layout.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="headLength">The bytes of its header.</param>
    /// <param name="wasAsked">The schemas it needs were asked for: those that are not known are not to be had.</param>
    /// <param name="target">Takes it.</param>
    public void Mask(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, bool wasAsked, PooledWriter target)
    {
        (masker.WasAsked, masker.CountsLater, Missing) = (wasAsked, true, []);
        Write(layout, frame, headLength, target);
        if (masker.Missing.Count == 0)
        {
            masker.Settle();
            return;
        }

        Missing = [.. masker.Missing];
        Refused.Clear();
        target.LetGo();
    }

    void Write(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength, PooledWriter target)
    {
        Refused.Clear();
        _batches.Begin();
        _walk.Begin(layout, frame, headLength);
        var (copied, errorAt) = (0, 0);
        var (topic, plan, isKnown) = ("", default(MaskingPlan), true);
        while (_walk.TryNext(frame, out var token))
        {
            if (token.Field is not { } field) continue;
            var at = _walk.At;
            if (field.Entity == EntityKind.Topic && token.Kind == BodyTokenKind.Length)
            {
                var name = frame.Slice(at + token.Consumed, (int)Math.Max(0, token.Number));
                plan = masker.PlanOf(direction, name);
                if (plan is not null) topic = System.Text.Encoding.UTF8.GetString(name);
            }

            if (field.Entity == EntityKind.TopicId && token.Kind == BodyTokenKind.Value)
            {
                var name = topics.Find(_walk.Uuid);
                isKnown = name is not null;
                plan = isKnown ? masker.PlanOf(direction, name) : null;
                if (!isKnown) topic = _walk.Uuid.ToString();
                else if (plan is not null) topic = System.Text.Encoding.UTF8.GetString(name!);
            }

            if (field.Entity == EntityKind.Error && token.Kind == BodyTokenKind.Value) errorAt = at;
            if (field.Type != FieldType.Records || token.Kind != BodyTokenKind.Length || plan is null && isKnown || token.Number <= 0) continue;
            var (start, length) = (at + token.Consumed, (int)token.Number);
            _records.Clear();
            var isChanged = false;
            // Which rules are for a topic without a name nobody can say.
            var isMasked = plan is not null && _batches.TryMask(frame.Slice(start, length), plan, direction, _records, out isChanged);
            if (isMasked && !isChanged) continue;
            target.Write(frame[copied..at]);
            if (!isMasked)
            {
                Refused.Add((topic, isKnown ? _batches.Fault : "which topic that id is nobody has told"));
                _records.Clear();
                if (direction == Direction.ToClient)
                    BinaryPrimitives.WriteInt16BigEndian(target.Written(target.Length - (at - errorAt), sizeof(short)), (short)KafkaError.CorruptMessage);
            }

            WriteLength(_records.Length, layout.IsFlexible, target);
            target.Write(_records.Span);
            copied = start + length;
        }

        _records.LetGo();
        if (copied == 0) return;
        target.Write(frame[copied..]);
        BinaryPrimitives.WriteInt32BigEndian(target.Written(0, sizeof(int)), target.Length - sizeof(int));
    }

    static void WriteLength(int length, bool isFlexible, PooledWriter target)
    {
        if (isFlexible)
        {
            UnsignedVarint.Write(target, (uint)length + 1);
            return;
        }

        BinaryPrimitives.WriteInt32BigEndian(target.GetSpan(sizeof(int)), length);
        target.Advance(sizeof(int));
    }
}

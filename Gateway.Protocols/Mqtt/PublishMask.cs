using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Masks what is published in one direction. An alias (MQTT 5 section 3.3.2.3.4) stands for the plan of the topic that the sender gave it, of which only
/// that is held.
/// </summary>
/// <param name="direction">Which way the packets go.</param>
/// <param name="level">The protocol version of the session.</param>
/// <param name="masker">The session's.</param>
/// <param name="limits">What may be written, and the largest packet there is.</param>
/// <param name="accepted">The largest packet the receiver accepts, in bytes.</param>
sealed class PublishMask(Direction direction, ProtocolLevel level, Masker masker, Limits limits, uint accepted)
{
    readonly long _largest = Math.Min(accepted, limits.MqttPacket);
    readonly string _whose = accepted <= limits.MqttPacket ? "its receiver" : "the gateway";
    readonly Dictionary<ushort, MaskingPlan?> _aliases = [];
    readonly PooledWriter _properties = new();
    readonly PooledWriter _payload = new();

    /// <summary>What is done to a PUBLISH whose topic or alias is known to mean something; null: nothing.</summary>
    public MaskingPlan? PlanOf(in PublishHead publish)
    {
        if (publish.Topic.IsEmpty) return _aliases.GetValueOrDefault(publish.Alias);
        var plan = masker.PlanOf(direction, publish.Topic);
        if (publish.Alias != 0) _aliases[publish.Alias] = plan;
        return plan;
    }

    /// <summary>Masks a whole PUBLISH that was judged. Writes what goes on in its place; nothing, where it passes as it is.</summary>
    public PacketVerdict Mask(in FixedHeader header, ReadOnlySpan<byte> packet, int headLength, MaskingPlan plan, PooledWriter target)
    {
        masker.Begin(limits.MaskedOutput);
        try
        {
            return MaskParts(header, packet[..headLength], packet[headLength..], plan, target);
        }
        finally
        {
            _properties.LetGo();
            _payload.LetGo();
        }
    }

    PacketVerdict MaskParts(in FixedHeader header, ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MaskingPlan plan, PooledWriter target)
    {
        var body = head[header.Length..];
        var start = body.Length;
        var areChanged = false;
        if (level == ProtocolLevel.V5 && plan.HasHeaders)
        {
            PublishHead.TryRead(header, body, level, out var publish);
            var refused = PropertyMask.TryMask(publish.Properties, masker, plan, _payload, _properties, out areChanged);
            if (refused is { } verdict) return verdict;
            if (areChanged) start = body.Length - publish.Properties.Length - VariableByteInteger.Length((uint)publish.Properties.Length);
        }

        var masked = masker.Value(plan, payload, _payload);
        if (masked.Fate == MaskedFate.Refused) return PacketVerdict.Refuse(Refusal.PayloadUnreadable, masked.Detail!);
        var isChanged = masked.Fate == MaskedFate.Changed;
        if (!isChanged && !areChanged) return PacketVerdict.Pass;
        var properties = areChanged ? VariableByteInteger.Length((uint)_properties.Length) + _properties.Length : 0;
        var remaining = (uint)(start + properties + (isChanged ? _payload.Length : payload.Length));
        if (1 + VariableByteInteger.Length(remaining) + (long)remaining > _largest)
            return PacketVerdict.Refuse(Refusal.FrameTooLarge, $"masked, PUBLISH is larger than the {_largest} bytes {_whose} accepts");
        new FixedHeader(header.Type, header.Flags, 0, remaining).Write(target);
        target.Write(body[..start]);
        if (areChanged)
        {
            VariableByteInteger.Write(target, (uint)_properties.Length);
            target.Write(_properties.Span);
        }

        target.Write(isChanged ? _payload.Span : payload);
        return PacketVerdict.Pass;
    }
}

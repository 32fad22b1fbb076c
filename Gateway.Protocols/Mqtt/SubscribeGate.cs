using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Judges SUBSCRIBE: <c>packet-id(2) [properties, MQTT 5] (filter(2+n) options(1))+</c>. MQTT 5 section 3.8, MQTT 3.1.1 section 3.8. Denied
/// filters are taken out of the packet and their failure is put into the upstream's SUBACK; a packet of denied filters only is answered
/// here.
/// </summary>
sealed class SubscribeGate(ProtocolLevel level, OperationJudge judge, SeenOperations seen, Limits limits, PartialSubscribes partial)
{
    byte Denied => level == ProtocolLevel.V5 ? ReasonCodes.NotAuthorized : ReasonCodes.Failure;

    byte Unserved => level == ProtocolLevel.V5 ? ReasonCodes.QuotaExceeded : ReasonCodes.Failure;

    public PacketVerdict Judge(ReadOnlySpan<byte> body, List<DeniedOperation> denied)
    {
        var refusal = Check(body, out var id, out var filters);
        if (refusal != Refusal.None) return PacketVerdict.Refuse(refusal, "SUBSCRIBE is malformed or has too many filters");
        if (partial.Contains(id))
            return PacketVerdict.Refuse(Refusal.ProtocolViolated, "SUBSCRIBE uses a packet identifier that is in use");
        if (FindDenied(body[filters..], denied) is not { } isDenied) return PacketVerdict.Pass;
        if (!isDenied.Contains(false)) return PacketVerdict.Drop(SubAck(id, isDenied));

        // Nothing is forwarded whose answer could not be merged: the filters that were allowed get a failure that says "later".
        return partial.TryAdd(id, isDenied)
            ? PacketVerdict.Replace(WithoutDenied(body, filters, isDenied))
            : PacketVerdict.Drop(SubAck(id, isDenied));
    }

    /// <summary>Checks the whole body; <paramref name="filters"/> is where the filters start.</summary>
    Refusal Check(ReadOnlySpan<byte> body, out ushort id, out int filters)
    {
        filters = 0;
        var fields = new FieldReader(body);
        if (!fields.TryPacketId(out id) || !PacketBody.TryProperties(ref fields, level, PropertyPlaces.Subscribe) || fields.IsAtEnd)
            return Refusal.FrameMalformed;
        filters = body.Length - fields.Remaining;
        for (var count = 1; !fields.IsAtEnd; count++)
        {
            if (count > limits.MqttFilters) return Refusal.FrameTooLarge;
            if (!fields.TryString(out var filter) || !TopicFilter.IsValid(filter)) return Refusal.FrameMalformed;
            if (!fields.TryByte(out var options) || !AreValid(options, filter)) return Refusal.FrameMalformed;
        }

        return Refusal.None;
    }

    /// <summary>
    /// MQTT 5 section 3.8.3.1: <c>reserved(2) retain-handling(2) retain-as-published(1) no-local(1) QoS(2)</c>, no QoS 3, no handling 3,
    /// no-local not with a shared subscription ([MQTT-3.8.3-4]). MQTT 3.1.1: QoS only.
    /// </summary>
    bool AreValid(byte options, ReadOnlySpan<byte> filter)
    {
        if ((options & 3) == 3) return false;
        if (level == ProtocolLevel.V311) return options <= 2;
        return (options & 0xC0) == 0 && (options & 0x30) != 0x30 && ((options & 4) == 0 || !TopicFilter.IsShared(filter));
    }

    /// <summary>Which filters are denied, or null when none is.</summary>
    bool[]? FindDenied(ReadOnlySpan<byte> filters, List<DeniedOperation> denied)
    {
        bool[]? isDenied = null;
        var fields = new FieldReader(filters);
        for (var index = 0; fields.TryBinary(out var filter) && fields.TryByte(out _); index++)
        {
            if (judge.AllowsSubscribe(filter))
            {
                seen.See(OperationJudge.Subscribe, filter, isDenied: false);
                continue;
            }

            isDenied ??= new bool[Count(filters)];
            isDenied[index] = true;
            denied.Add(new DeniedOperation(OperationJudge.Subscribe, Encoding.UTF8.GetString(filter)));
        }

        return isDenied;
    }

    static int Count(ReadOnlySpan<byte> filters)
    {
        var fields = new FieldReader(filters);
        var count = 0;
        while (fields.TryBinary(out _) && fields.TryByte(out _)) count++;
        return count;
    }

    static byte[] WithoutDenied(ReadOnlySpan<byte> body, int start, bool[] isDenied)
    {
        var kept = new ArrayBufferWriter<byte>(body.Length);
        kept.Write(body[..start]);
        var fields = new FieldReader(body[start..]);
        foreach (var skip in isDenied)
        {
            var from = body.Length - fields.Remaining;
            _ = fields.TryBinary(out _) && fields.TryByte(out _);
            if (!skip) kept.Write(body[from..^fields.Remaining]);
        }

        return Packet.Whole(PacketType.Subscribe, 2, kept.WrittenSpan);
    }

    byte[] SubAck(ushort id, bool[] isDenied)
    {
        var codes = Array.ConvertAll(isDenied, d => d ? Denied : Unserved);
        byte[] properties = level == ProtocolLevel.V5 ? [0] : [];
        return Packet.Whole(PacketType.SubAck, 0, [(byte)(id >> 8), (byte)id, .. properties, .. codes]);
    }
}

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The SUBSCRIBE packets that went on without some of their filters: when the upstream's SUBACK comes, a failure is put in for each filter
/// that it never saw, so that the client finds one code per filter in its own order ([MQTT-3.9.3-1]).
/// </summary>
sealed class PartialSubscribes(ProtocolLevel level, int most)
{
    readonly Dictionary<ushort, bool[]> _denied = [];

    public bool Contains(ushort id) => _denied.ContainsKey(id);

    /// <summary>False when too many answers are awaited already.</summary>
    public bool TryAdd(ushort id, bool[] isDenied) => _denied.Count < most && _denied.TryAdd(id, isDenied);

    /// <summary>A valid SUBACK: <c>packet-id(2) [properties, MQTT 5] code+</c>.</summary>
    public PacketVerdict Merge(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        if (_denied.Count == 0 || !fields.TryPacketId(out var id) || !_denied.Remove(id, out var isDenied)) return PacketVerdict.Pass;
        PacketBody.TryProperties(ref fields, level, PropertyPlaces.SubAck);
        var start = body.Length - fields.Remaining;
        if (fields.Remaining != isDenied.Count(d => !d)) return PacketVerdict.Malformed(PacketType.SubAck);
        var failure = level == ProtocolLevel.V5 ? ReasonCodes.NotAuthorized : ReasonCodes.Failure;
        var merged = new byte[start + isDenied.Length];
        body[..start].CopyTo(merged);
        for (var index = 0; index < isDenied.Length; index++)
        {
            if (isDenied[index] || !fields.TryByte(out merged[start + index])) merged[start + index] = failure;
        }

        return PacketVerdict.Replace(Packet.Whole(PacketType.SubAck, 0, merged));
    }
}

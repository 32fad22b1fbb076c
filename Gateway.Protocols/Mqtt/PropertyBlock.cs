using System.Buffers.Binary;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Checks a whole MQTT 5 property block, its length prefix taken off: <c>(id(variable) value)*</c>. MQTT 5 section 2.2.2. The bytes
/// themselves are kept as they came, so that order and repetition survive.
/// </summary>
public static class PropertyBlock
{
    /// <summary>
    /// False for an unknown or misplaced property, a value out of its range, or one given twice. A user property may repeat everywhere, a
    /// subscription identifier in a PUBLISH (section 3.3.2.3.8).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> block, PropertyPlaces place)
    {
        var fields = new FieldReader(block);
        ulong seen = 0;
        while (!fields.IsAtEnd)
        {
            if (!fields.TryVariable(out var id) || !PropertyTable.TryFind(id, out var kind, out var places)) return false;
            if ((places & place) == 0 || !IsValidValue(ref fields, kind)) return false;
            var bit = 1UL << (int)id;
            if ((seen & bit) != 0 && !MayRepeat(id, place)) return false;
            seen |= bit;
        }

        return !Has(seen, PropertyTable.AuthenticationData) || Has(seen, PropertyTable.AuthenticationMethod);
    }

    /// <summary>True when a valid block holds the property.</summary>
    public static bool Contains(ReadOnlySpan<byte> block, byte wanted) => TryFind(block, wanted, out _);

    /// <summary>The first value a valid block has for the property, in its encoded form.</summary>
    public static bool TryFind(ReadOnlySpan<byte> block, byte wanted, out ReadOnlySpan<byte> value)
    {
        value = default;
        var fields = new FieldReader(block);
        while (fields.TryVariable(out var id) && PropertyTable.TryFind(id, out var kind, out _))
        {
            var start = block.Length - fields.Remaining;
            if (!IsValidValue(ref fields, kind)) return false;
            if (id != wanted) continue;
            value = block[start..^fields.Remaining];
            return true;
        }

        return false;
    }

    /// <summary>A valid block without these properties.</summary>
    public static byte[] Without(ReadOnlySpan<byte> block, params ReadOnlySpan<byte> unwanted) => Edited(block, unwanted, keepId: false);

    /// <summary>A valid block in which this property, a binary one, is empty.</summary>
    public static byte[] Blanked(ReadOnlySpan<byte> block, byte secret) => Edited(block, [secret], keepId: true);

    static byte[] Edited(ReadOnlySpan<byte> block, ReadOnlySpan<byte> ids, bool keepId)
    {
        var edited = new List<byte>(block.Length);
        var fields = new FieldReader(block);
        while (!fields.IsAtEnd)
        {
            var start = block.Length - fields.Remaining;
            if (!fields.TryVariable(out var id) || !PropertyTable.TryFind(id, out var kind, out _) || !IsValidValue(ref fields, kind))
                throw new ArgumentException("The property block is not valid.", nameof(block));
            if (!ids.Contains((byte)id)) edited.AddRange(block[start..^fields.Remaining]);
            else if (keepId) edited.AddRange([(byte)id, 0, 0]);
        }

        return [.. edited];
    }

    /// <summary>A property of two bytes, or <paramref name="otherwise"/> when a valid block does not hold it.</summary>
    public static ushort TwoBytes(ReadOnlySpan<byte> block, byte wanted, ushort otherwise) =>
        TryFind(block, wanted, out var value) ? BinaryPrimitives.ReadUInt16BigEndian(value) : otherwise;

    /// <summary>A property of four bytes, or <paramref name="otherwise"/> when a valid block does not hold it.</summary>
    public static uint FourBytes(ReadOnlySpan<byte> block, byte wanted, uint otherwise) =>
        TryFind(block, wanted, out var value) ? BinaryPrimitives.ReadUInt32BigEndian(value) : otherwise;

    static bool Has(ulong seen, byte id) => (seen & (1UL << id)) != 0;

    static bool MayRepeat(uint id, PropertyPlaces place) =>
        id == PropertyTable.UserProperty || (id == PropertyTable.SubscriptionIdentifier && place == PropertyPlaces.Publish);

    /// <summary>Takes a property's value; false when it is not valid.</summary>
    internal static bool IsValidValue(ref FieldReader fields, PropertyKind kind) => kind switch
    {
        PropertyKind.Flag => fields.TryByte(out var flag) && flag <= 1,
        PropertyKind.TwoBytes => fields.TryUInt16(out _),
        PropertyKind.TwoBytesNotZero => fields.TryUInt16(out var number) && number != 0,
        PropertyKind.FourBytes => fields.TryTake(4, out _),
        PropertyKind.FourBytesNotZero => fields.TryTake(4, out var bytes) && bytes.ContainsAnyExcept((byte)0),
        PropertyKind.VariableNotZero => fields.TryVariable(out var number) && number != 0,
        PropertyKind.Binary => fields.TryBinary(out _),
        PropertyKind.Text => fields.TryString(out _),
        PropertyKind.TopicName => fields.TryString(out var name) && TopicFilter.IsTopicName(name),
        PropertyKind.TextPair => fields.TryString(out _) && fields.TryString(out _),
        _ => false,
    };
}

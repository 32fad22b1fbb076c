using System.Globalization;
using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>The properties of MQTT 5 in words: the names of section 2.2.2.2, table 2-4, and their values.</summary>
static class PropertyWords
{
    /// <summary>Bytes of a binary property that are shown.</summary>
    const int Shown = 64;

    /// <summary>The properties of a valid block, in the order they came. What authenticates is not shown.</summary>
    public static List<KeyValuePair<string, string>> Of(ReadOnlySpan<byte> block)
    {
        var words = new List<KeyValuePair<string, string>>();
        var fields = new FieldReader(block);
        while (fields.TryVariable(out var id) && PropertyTable.TryFind(id, out var kind, out _))
        {
            if (Value(ref fields, kind) is not { } value) break;
            words.Add(new(Name(id), id == PropertyTable.AuthenticationData ? "(hidden)" : value));
        }

        return words;
    }

    static string? Value(ref FieldReader fields, PropertyKind kind)
    {
        switch (kind)
        {
            case PropertyKind.Flag:
                return fields.TryByte(out var flag) ? Number(flag) : null;
            case PropertyKind.TwoBytes or PropertyKind.TwoBytesNotZero:
                return fields.TryUInt16(out var two) ? Number(two) : null;
            case PropertyKind.FourBytes or PropertyKind.FourBytesNotZero:
                return fields.TryTake(4, out var four) ? Number(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(four)) : null;
            case PropertyKind.VariableNotZero:
                return fields.TryVariable(out var variable) ? Number(variable) : null;
            case PropertyKind.Binary:
                return fields.TryBinary(out var bytes) ? Hex(bytes) : null;
            case PropertyKind.TextPair:
                return fields.TryString(out var key) && fields.TryString(out var value) ? $"{Text(key)}={Text(value)}" : null;
            default:
                return fields.TryString(out var text) ? Text(text) : null;
        }
    }

    static string Name(uint id) => id switch
    {
        0x01 => "payload-format-indicator",
        0x02 => "message-expiry-interval",
        0x03 => "content-type",
        0x08 => "response-topic",
        0x09 => "correlation-data",
        PropertyTable.SubscriptionIdentifier => "subscription-identifier",
        PropertyTable.SessionExpiryInterval => "session-expiry-interval",
        0x12 => "assigned-client-identifier",
        0x13 => "server-keep-alive",
        PropertyTable.AuthenticationMethod => "authentication-method",
        PropertyTable.AuthenticationData => "authentication-data",
        0x17 => "request-problem-information",
        0x18 => "will-delay-interval",
        0x19 => "request-response-information",
        0x1A => "response-information",
        0x1C => "server-reference",
        PropertyTable.ReasonString => "reason-string",
        0x21 => "receive-maximum",
        PropertyTable.TopicAliasMaximum => "topic-alias-maximum",
        PropertyTable.TopicAlias => "topic-alias",
        0x24 => "maximum-qos",
        0x25 => "retain-available",
        PropertyTable.UserProperty => "user-property",
        PropertyTable.MaximumPacketSize => "maximum-packet-size",
        0x28 => "wildcard-subscription-available",
        0x29 => "subscription-identifier-available",
        0x2A => "shared-subscription-available",
        _ => $"property-{id}",
    };

    static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);

    static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    static string Hex(ReadOnlySpan<byte> bytes) =>
        Convert.ToHexStringLower(bytes[..Math.Min(Shown, bytes.Length)]) + (bytes.Length > Shown ? "..." : "");
}

using static Gateway.Protocols.Mqtt.PropertyKind;
using static Gateway.Protocols.Mqtt.PropertyPlaces;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Every MQTT 5 property: its layout and where it may stand. MQTT 5 section 2.2.2.2, table 2-4. The one place that lists them.
/// </summary>
public static class PropertyTable
{
    /// <summary>One more than the highest identifier.</summary>
    public const int Size = 0x2B;

    public const byte SubscriptionIdentifier = 0x0B;
    public const byte SessionExpiryInterval = 0x11;
    public const byte AuthenticationMethod = 0x15;
    public const byte AuthenticationData = 0x16;
    public const byte ReasonString = 0x1F;
    public const byte TopicAliasMaximum = 0x22;
    public const byte TopicAlias = 0x23;
    public const byte UserProperty = 0x26;
    public const byte MaximumPacketSize = 0x27;

    const PropertyPlaces Message = Publish | Will;
    const PropertyPlaces Answer = ConnAck | PubAck | PubRec | PubRel | PubComp | SubAck | UnsubAck | Disconnect | Auth;

    /// <summary>False for an identifier that does not exist.</summary>
    public static bool TryFind(uint id, out PropertyKind kind, out PropertyPlaces places)
    {
        (kind, places) = id switch
        {
            0x01 => (Flag, Message),
            0x02 => (FourBytes, Message),
            0x03 => (Text, Message),
            0x08 => (TopicName, Message),
            0x09 => (Binary, Message),
            SubscriptionIdentifier => (VariableNotZero, Publish | Subscribe),
            SessionExpiryInterval => (FourBytes, Connect | ConnAck | Disconnect),
            0x12 => (Text, ConnAck),
            0x13 => (TwoBytes, ConnAck),
            AuthenticationMethod => (Text, Connect | ConnAck | Auth),
            AuthenticationData => (Binary, Connect | ConnAck | Auth),
            0x17 => (Flag, Connect),
            0x18 => (FourBytes, Will),
            0x19 => (Flag, Connect),
            0x1A => (Text, ConnAck),
            0x1C => (Text, ConnAck | Disconnect),
            ReasonString => (Text, Answer),
            0x21 => (TwoBytesNotZero, Connect | ConnAck),
            TopicAliasMaximum => (TwoBytes, Connect | ConnAck),
            TopicAlias => (TwoBytesNotZero, Publish),
            0x24 => (Flag, ConnAck),
            0x25 => (Flag, ConnAck),
            UserProperty => (TextPair, Any),
            MaximumPacketSize => (FourBytesNotZero, Connect | ConnAck),
            0x28 => (Flag, ConnAck),
            0x29 => (Flag, ConnAck),
            0x2A => (Flag, ConnAck),
            _ => (Flag, None),
        };
        return places != None;
    }
}

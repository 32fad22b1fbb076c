namespace Gateway.Protocols.Mqtt;

/// <summary>
/// How a property's value is laid out, and which values it may have. MQTT 5 section 2.2.2.2 and the packet's own section.
/// </summary>
public enum PropertyKind
{
    /// <summary>One byte, 0 or 1.</summary>
    Flag,

    /// <summary>A number of two bytes.</summary>
    TwoBytes,

    /// <summary>Two bytes, not 0.</summary>
    TwoBytesNotZero,

    /// <summary>A number of four bytes.</summary>
    FourBytes,

    /// <summary>Four bytes, not 0.</summary>
    FourBytesNotZero,

    /// <summary>A variable byte integer, not 0.</summary>
    VariableNotZero,
    Binary,

    /// <summary>A UTF-8 string.</summary>
    Text,

    /// <summary>A string that is a topic name.</summary>
    TopicName,

    /// <summary>Two strings.</summary>
    TextPair,
}

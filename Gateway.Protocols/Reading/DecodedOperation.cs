namespace Gateway.Protocols.Reading;

/// <summary>One thing a peer said, as its protocol calls it: an MQTT packet, say. Or bytes in which no reader found one.</summary>
public sealed record DecodedOperation
{
    /// <summary>When its last byte was relayed, in microseconds since the Unix epoch.</summary>
    public long At { get; init; }

    public required Direction Direction { get; init; }

    /// <summary>Bytes of its direction before it.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes it takes in its direction, payload included.</summary>
    public long Length { get; init; }

    /// <summary>What the protocol calls it, such as <c>PUBLISH</c>; <see cref="Bytes"/> where there is no protocol.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about: topics, filters, a client's name. Peers chose these words.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What else it says, in a few words: <c>QoS 1, retain, id 7</c>. Where bytes could not be read, why not.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Further fields by name, in the order they came; a name may come again. Peers chose names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>The first bytes of what it carries, at most <see cref="ReaderLimits.Payload"/>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Bytes of what it carries.</summary>
    public long PayloadLength { get; init; }

    /// <summary>The name of bytes that are no operation of a protocol.</summary>
    public const string Bytes = "bytes";

    /// <summary>True for bytes in which nothing was found although the protocol is known.</summary>
    public bool IsUnread { get; init; }
}

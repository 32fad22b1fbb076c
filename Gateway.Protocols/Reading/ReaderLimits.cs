namespace Gateway.Protocols.Reading;

/// <summary>What a reader may hold of one direction, in bytes.</summary>
public sealed record ReaderLimits
{
    /// <summary>The part of an operation that is decoded. Origin: <see cref="Limits.MqttHeader"/>, beyond which nothing was relayed.</summary>
    public int Head { get; init; } = 128 * 1024;

    /// <summary>The part of a payload that is kept; the rest is only counted. Origin: what somebody may want to look at.</summary>
    public int Payload { get; init; } = 64 * 1024;

    /// <summary>UTF-16 units of names that later operations refer to by a number. Origin: as <see cref="Limits.MqttDeniedAliasNames"/>.</summary>
    public int Names { get; init; } = 128 * 1024;
}

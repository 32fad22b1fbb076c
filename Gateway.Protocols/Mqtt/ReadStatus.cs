namespace Gateway.Protocols.Mqtt;

/// <summary>What reading from the front of received bytes came to. Only <see cref="Read"/> consumes anything.</summary>
public enum ReadStatus
{
    NeedMore,
    Read,
    Malformed,
}

namespace Gateway.Protocols;

/// <summary>Which way bytes travel. The numbers are part of the journal format.</summary>
public enum Direction : byte
{
    /// <summary>What the client sends.</summary>
    ToUpstream = 0,

    /// <summary>What the client receives.</summary>
    ToClient = 1,
}

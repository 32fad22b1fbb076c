namespace Gateway.Protocols;

/// <summary>Which way bytes travel. The numbers are part of the journal format.</summary>
public enum Direction : byte
{
    /// <summary>What the client sends.</summary>
    ToUpstream = 0,

    /// <summary>What the client receives.</summary>
    ToClient = 1,
}

/// <summary>The words for a <see cref="Direction"/>, the same on the command line, in the admin API, in metrics and in exports.</summary>
public static class DirectionWords
{
    public const string ToUpstream = "to-upstream";

    public const string ToClient = "to-client";

    public static string Word(this Direction direction) => direction == Direction.ToUpstream ? ToUpstream : ToClient;
}

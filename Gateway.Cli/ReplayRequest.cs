using Gateway.Actors.Replay;
using Gateway.Protocols;

namespace Gateway.Cli;

/// <summary>How traffic is shown in a transcript.</summary>
public enum TranscriptForm
{
    /// <summary>The operations of the protocol where it is known, otherwise as <see cref="Raw"/>.</summary>
    Auto,

    /// <summary>One line per piece, with how it begins.</summary>
    Raw,

    /// <summary>Pieces with all their bytes in hex.</summary>
    Hex,

    /// <summary>Pieces with all their bytes as text.</summary>
    Text,
}

/// <summary>What of a recording is replayed, and how.</summary>
public sealed record ReplayRequest(string SessionId)
{
    /// <summary>Null: both.</summary>
    public Direction? Direction { get; init; }

    public ReplayPace Pace { get; init; } = ReplayPace.Max;

    public ReplayBound? From { get; init; }

    public ReplayBound? Until { get; init; }

    /// <summary>Bytes of the direction that are passed over.</summary>
    public long FromOffset { get; init; }

    /// <summary>Goes on while the session does, until it ends.</summary>
    public bool Follow { get; init; }

    public TranscriptForm Form { get; init; }

    /// <summary>One line of JSON per piece or operation instead of lines for people.</summary>
    public bool Json { get; init; }

    /// <summary>The part of the recording of a session that started then (micros since 1970).</summary>
    public ReplayWindow WindowOf(long startedAt) => new()
    {
        Direction = Direction,
        From = From?.In(startedAt),
        Until = Until?.In(startedAt),
        FromOffset = FromOffset,
    };
}

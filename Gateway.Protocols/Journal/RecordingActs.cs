namespace Gateway.Protocols.Journal;

/// <summary>A recording is under legal hold: it is neither erased nor does its retention end until the hold is lifted.</summary>
public sealed record RecordingHeld : RegistryEvent
{
    public required string SessionId { get; init; }

    public required string Reason { get; init; }
}

/// <summary>A legal hold was lifted.</summary>
public sealed record HoldLifted : RegistryEvent
{
    public required string SessionId { get; init; }

    public required string Reason { get; init; }
}

/// <summary>The key to a recording's content is destroyed: nobody can read it any more, and it still verifies.</summary>
public sealed record RecordingErased : RegistryEvent
{
    public required string SessionId { get; init; }

    public required string Reason { get; init; }
}

/// <summary>Recordings of a connection whose retention is over are removed, key, events and all.</summary>
public sealed record RecordingsExpired : RegistryEvent
{
    public required string Connection { get; init; }

    /// <summary>They ended before this.</summary>
    public required long Before { get; init; }

    public required IReadOnlyList<string> Sessions { get; init; }
}

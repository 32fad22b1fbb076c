namespace Gateway.Actors.Tls;

/// <summary>What a leg is held to beyond what .NET's options can say.</summary>
public sealed record LegRules
{
    /// <summary>Nothing more.</summary>
    public static readonly LegRules None = new();

    /// <summary>
    /// What a session was agreed under, at most 32 bytes: a client may resume it under the same only, so that a ticket of one connection
    /// opens no other. Empty: all sessions are alike.
    /// </summary>
    public ReadOnlyMemory<byte> Scope { get; init; }
}

namespace Gateway.Actors.Connections;

/// <summary>Where a secret is, by reference: it is read when a session needs it. Exactly one of the three is given.</summary>
public sealed record SecretPlace(string? File, string? Environment, string? Registered);

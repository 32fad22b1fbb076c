using Gateway.Protocols;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>Whether a certificate is revoked.</summary>
public enum RevocationState
{
    /// <summary>Nobody who would know said so.</summary>
    Unknown,
    Good,
    Revoked,

    /// <summary>The peer itself sent an answer that says nothing about it, or owed one and sent none.</summary>
    BadStaple,
}

/// <summary>What was found out, and how, in one sentence without anything of a stranger's making.</summary>
public readonly record struct RevocationFinding(RevocationState State, string Detail)
{
    /// <summary>What a client is refused for whose certificate it stands against.</summary>
    public Refused OfClient() => new(State == RevocationState.Revoked ? Refusal.ClientCertificateRevoked : Refusal.ClientRevocationUnknown, Detail);
}

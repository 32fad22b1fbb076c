namespace Gateway.Actors.Connections;

/// <summary>What a peer's certificate has to show of not being revoked.</summary>
public enum RevocationRule
{
    /// <summary>Not asked.</summary>
    None,

    /// <summary>A revoked one is refused; one of which that cannot be found out is not.</summary>
    Soft,

    /// <summary>Only one that is known not to be revoked is good.</summary>
    Hard,
}

/// <summary>How it is found out whether a peer's certificate is revoked.</summary>
/// <param name="Rule">What counts.</param>
/// <param name="ListFile">A revocation list of its authority, asked first; null: only the responder that the certificate names.</param>
public sealed record RevocationRules(RevocationRule Rule, string? ListFile)
{
    public static readonly RevocationRules None = new(RevocationRule.None, null);
}

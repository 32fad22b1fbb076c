namespace Gateway.Protocols.Sasl;

/// <summary>How the gateway proves itself to an upstream whose protocol speaks SASL (RFC 4422).</summary>
public enum SaslMechanism
{
    /// <summary>RFC 4616: name and password as they are.</summary>
    Plain,

    /// <summary>RFC 7677: the upstream never sees the password, and proves that it knows it.</summary>
    ScramSha256,

    /// <summary>The same with SHA-512.</summary>
    ScramSha512,

    /// <summary>RFC 7628: a token of an authorization server.</summary>
    OAuthBearer,
}

/// <summary>The registered names of mechanisms.</summary>
public static class SaslMechanisms
{
    public static readonly IReadOnlyList<SaslMechanism> All = Enum.GetValues<SaslMechanism>();

    public static string Word(this SaslMechanism mechanism) => mechanism switch
    {
        SaslMechanism.Plain => "PLAIN",
        SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        SaslMechanism.OAuthBearer => "OAUTHBEARER",
        _ => throw new ArgumentOutOfRangeException(nameof(mechanism), mechanism, null),
    };
}

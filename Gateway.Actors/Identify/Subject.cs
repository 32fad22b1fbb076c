using Gateway.Actors.Tls;

namespace Gateway.Actors.Identify;

/// <summary>
/// Step 3: who the client proved to be. Made only from a <see cref="SecuredConnection"/>, so nobody is identified over an unprotected leg.
/// </summary>
public sealed record Subject
{
    Subject(SecuredConnection connection, string name, string issuer, IReadOnlyList<string> groups, DateTimeOffset? expires) =>
        (Connection, Name, Issuer, Groups, Expires) = (connection, name, issuer, groups, expires);

    public SecuredConnection Connection { get; }

    public string Name { get; }

    /// <summary>The issuer's configured name for a token; the issuing authority's distinguished name for a certificate.</summary>
    public string Issuer { get; }

    public IReadOnlyList<string> Groups { get; }

    /// <summary>When the proof stops being valid; sessions end then.</summary>
    public DateTimeOffset? Expires { get; }

    internal static Subject Proven(
        SecuredConnection over, string name, string issuer, IReadOnlyList<string> groups, DateTimeOffset? expires) =>
        new(over, name, issuer, groups, expires);

    public override string ToString() => $"{Name} ({Issuer})";
}

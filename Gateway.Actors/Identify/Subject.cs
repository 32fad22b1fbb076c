using System.Net;
using Gateway.Actors.Tls;

namespace Gateway.Actors.Identify;

/// <summary>
/// Step 3: who the client proved to be. Made only from a <see cref="SecuredConnection"/>, so nobody is identified over an unprotected leg.
/// </summary>
public sealed record Subject
{
    Subject(SecuredConnection connection, Identity identity) => (Connection, Identity) = (connection, identity);

    public SecuredConnection Connection { get; }

    public Identity Identity { get; }

    public string Name => Identity.Name;

    /// <summary>The issuer's configured name for a token; the issuing authority's distinguished name for a certificate.</summary>
    public string Issuer => Identity.Issuer;

    public IReadOnlyList<string> Groups => Identity.Groups;

    /// <summary>When the proof stops being valid; sessions end then.</summary>
    public DateTimeOffset? Expires => Identity.Expires;

    /// <summary>Where the client connects from.</summary>
    public IPAddress Address => IPEndPoint.Parse(Connection.Client.Address).Address;

    internal static Subject Proven(SecuredConnection over, Identity identity) => new(over, identity);

    public override string ToString() => $"{Name} ({Issuer})";
}

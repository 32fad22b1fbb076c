using Gateway.Actors.Hosting;

namespace Gateway.Node.Admin;

/// <summary>
/// What a person may be. Neither role contains the other: who steers the cluster does not thereby read what its clients said, and who reads
/// recordings does not steer.
/// </summary>
public static class AdminRoles
{
    /// <summary>Reads sessions and their recordings.</summary>
    public const string Auditor = "auditor";

    /// <summary>Sees sessions, nodes and connections; ends sessions and drains nodes.</summary>
    public const string Operator = "operator";

    /// <summary>The policy of what both may see.</summary>
    public const string Either = "auditor or operator";

    /// <summary>The policy of what names no other.</summary>
    public const string Fallback = "fallback";
}

/// <summary>Whose tokens are taken, and which roles their groups give.</summary>
public sealed class AdminAccess(GatewayOptions options)
{
    public IReadOnlyCollection<string> Issuers { get; } = [.. options.Issuers.Select(issuer => issuer.Name)];

    public IEnumerable<string> RolesOf(IReadOnlyCollection<string> groups)
    {
        if (groups.Intersect(options.Admin.AuditorGroups, StringComparer.Ordinal).Any()) yield return AdminRoles.Auditor;
        if (groups.Intersect(options.Admin.OperatorGroups, StringComparer.Ordinal).Any()) yield return AdminRoles.Operator;
    }
}

using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Identify.Saml;

namespace Gateway.Node.Admin;

/// <summary>
/// What a person may be. Neither of auditor and operator contains the other: who steers the cluster does not thereby read what its clients said, and
/// who reads recordings does not steer. A viewer sees what an operator sees and steers nothing.
/// </summary>
public static class AdminRoles
{
    /// <summary>Reads sessions, their recordings, and the record of administrative acts.</summary>
    public const string Auditor = "auditor";

    /// <summary>Sees sessions, nodes and connections; ends sessions, drains nodes, registers connections and secrets.</summary>
    public const string Operator = "operator";

    /// <summary>Sees sessions, nodes and connections.</summary>
    public const string Viewer = "viewer";

    /// <summary>The policy of what takes both roles: reading what was said, and having it said again.</summary>
    public const string AuditingOperator = "auditor and operator";

    /// <summary>The policy of what viewers and operators see.</summary>
    public const string Watcher = "viewer or operator";

    /// <summary>The policy of what every role may see.</summary>
    public const string Reader = "auditor, operator or viewer";

    /// <summary>The policy of what everybody may ask about themselves: a good token is enough.</summary>
    public const string Anybody = "anybody";

    /// <summary>The policy of what names no other.</summary>
    public const string Fallback = "fallback";
}

/// <summary>Whose tokens are taken, and which roles their groups give.</summary>
public sealed class AdminAccess(GatewayOptions options)
{
    public IReadOnlyCollection<string> Issuers { get; } = options.IssuerNames;

    /// <summary>Where people get their tokens.</summary>
    public LoginView Login => new([.. options.Issuers.Where(issuer => issuer.CliClientId is not null).Select(Issuer)], [.. options.Saml.Providers.Select(Saml)]);

    public IEnumerable<string> RolesOf(IReadOnlyCollection<string> groups)
    {
        if (groups.Intersect(options.Admin.AuditorGroups, StringComparer.Ordinal).Any()) yield return AdminRoles.Auditor;
        if (groups.Intersect(options.Admin.OperatorGroups, StringComparer.Ordinal).Any()) yield return AdminRoles.Operator;
        if (groups.Intersect(options.Admin.ViewerGroups, StringComparer.Ordinal).Any()) yield return AdminRoles.Viewer;
    }

    LoginSamlView Saml(SamlProviderOptions provider) => new(provider.Name, new SamlService(options.Saml.PublicUrl!, provider.Name).LoginUrl);

    // Read again for each question: the file may be renewed while the node runs.
    static LoginIssuerView Issuer(IssuerOptions issuer) => new(
        issuer.Name, issuer.Authority, issuer.CliClientId!, issuer.CliScope, issuer.CliResource,
        issuer.AuthoritiesFile is { } file ? CertificatesOf(file) : null);

    // The certificates alone, whatever else somebody put into the file.
    static string CertificatesOf(string file)
    {
        var certificates = ConfiguredFiles.Certificates(file, out var problem);
        return problem is { } found ? throw new InvalidDataException($"{found.Problem}; {found.Remedy}.") : certificates.ExportCertificatePems();
    }
}

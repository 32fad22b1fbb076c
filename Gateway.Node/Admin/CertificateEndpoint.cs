using Gateway.Actors.Authorize;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>Issues a short-lived client certificate to whoever proves who they are by token, and to nobody by certificate: none renews itself.</summary>
static class CertificateEndpoint
{
    const string AskRule = "The body must be JSON with request (PKCS #10, PEM), and maybe for (such as 1h) and connection; gateway cert issue sends it.";

    public static async Task<IResult> IssueAsync(
        HttpContext http, IConnections connections, IAccessFacts facts, ClientCertificateAuthority authority, AuditTrail audit, TimeProvider time,
        ILogger<AdminAccess> log)
    {
        if ((await Bodies.JsonAsync(http, AdminRequestJson.Default.CertificateAsk))?.Checked() is not { } asked) return Problems.Of(StatusCodes.Status400BadRequest, AskRule);
        var (who, now) = (Caller.IdentityOf(http), time.GetUtcNow());
        if (who.IsByCertificate)
            return Problems.Of(StatusCodes.Status403Forbidden, "A certificate gets you no other one; log in with gateway login, and ask without it.");
        if (facts.Current.Revocations.Any(r => r.Counts(now) && r.Hits(who)))
            return Problems.Of(StatusCodes.Status403Forbidden, "Your identity was revoked; ask the operators why.");
        if (!authority.IsThere)
            return Problems.Of(StatusCodes.Status404NotFound, "This cluster issues no client certificates; ask its operators to set Certificates:ClientAuthorityFile.");
        if (asked.Connection is { } name)
        {
            var profile = connections.All.FirstOrDefault(c => c.Name == name && LoginEndpoints.Admits(c, http, facts.Current, now));
            if (profile is null) return LoginEndpoints.NoConnection();
            if (!authority.IsTrustedBy(profile.ClientTls))
                return Problems.Of(StatusCodes.Status409Conflict, "This connection does not accept certificates of this cluster's client authority; ask its operators.");
        }

        var detail = asked.Connection is { } connection ? $"a client certificate for connection {connection}" : "a client certificate";
        if (await audit.RecordAsync(http, ActKind.CertificateIssued, who.Name, detail) is { } unrecorded) return unrecorded;
        var issued = authority.Issue(asked.Request!, who.Name, who.Groups, asked.Lifetime() ?? TimeSpan.MaxValue);
        if (!issued.IsGranted) return Problems.Of(StatusCodes.Status400BadRequest, $"No certificate was issued: {issued.Detail}.");
        using var certificate = issued.Value;
        var until = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        AdminLog.IssuesCertificate(log, Caller.NameOf(http), certificate.SerialNumber, until);
        var view = new IssuedCertificateView(certificate.ExportCertificatePem(), certificate.SerialNumber, until);
        return Results.Json(view, AdminJson.Default.IssuedCertificateView);
    }
}

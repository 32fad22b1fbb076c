using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// Finds out whether a peer's certificate is revoked, once its chain is verified and before anything else is said on the connection: from
/// the revocation list that the profile names, and from the responder that the certificate names where the list does not say. Its
/// authorities are not asked about: who operates one withdraws it from the bundle. Safe for use from several threads.
/// </summary>
public sealed partial class CertificateRevocation(TimeProvider time, ILogger<CertificateRevocation> log) : IDisposable
{
    readonly OcspClient _responders = new(time);
    readonly RevocationLists _lists = new(time, log);

    /// <summary>What stands against the certificate under these rules; null when nothing does.</summary>
    /// <param name="certificate">The peer's own, its chain verified.</param>
    /// <param name="issuer">Who issued it, from that chain; null when there is nobody else in it.</param>
    /// <param name="rules">What counts.</param>
    /// <param name="whose">For the log: the connection, and which leg.</param>
    /// <param name="cancel">Ends the asking.</param>
    public async Task<RevocationFinding?> ObjectionAsync(
        X509Certificate2 certificate, X509Certificate2? issuer, RevocationRules rules, string whose, CancellationToken cancel)
    {
        if (rules.Rule == RevocationRule.None) return null;
        var finding = issuer is null
            ? new RevocationFinding(RevocationState.Unknown, "nobody issued it but itself")
            : await FindAsync(certificate, issuer, rules, cancel).ConfigureAwait(false);
        if (finding.State == RevocationState.Good) return null;
        if (finding.State == RevocationState.Revoked || rules.Rule == RevocationRule.Hard) return finding;
        LogUnknown(whose, finding.Detail);
        return null;
    }

    public void Dispose() => _responders.Dispose();

    async Task<RevocationFinding> FindAsync(X509Certificate2 certificate, X509Certificate2 issuer, RevocationRules rules, CancellationToken cancel)
    {
        var listed = new RevocationFinding(RevocationState.Unknown, "no revocation list is named");
        if (rules.ListFile is { } file)
        {
            listed = _lists.Find(file)?.Judge(certificate, issuer, time.GetUtcNow()) ?? new(RevocationState.Unknown, "the revocation list cannot be read");
            if (listed.State != RevocationState.Unknown) return listed;
        }

        var told = await _responders.AskAsync(certificate, issuer, cancel).ConfigureAwait(false);
        return told.State == RevocationState.Unknown ? told with { Detail = $"{listed.Detail}, and {told.Detail}" } : told;
    }

    [LoggerMessage(223, LogLevel.Information, "Whether a certificate is revoked is not known and not demanded at {Whose}: {Detail}")]
    partial void LogUnknown(string whose, string detail);
}

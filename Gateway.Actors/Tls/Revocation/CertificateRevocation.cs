using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// Finds out whether a peer's certificate is revoked, once its chain is verified and before anything else is said on the connection: from
/// the revocation list that the profile names, and from the responder that the certificate names where the list does not say. Its
/// authorities are not asked about: who operates one withdraws it from the bundle. Safe for use from several threads.
/// </summary>
public sealed partial class CertificateRevocation : IDisposable
{
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly OcspClient _responders;
    readonly RevocationLists _lists;

    public CertificateRevocation(TimeProvider time, ILogger<CertificateRevocation> log)
    {
        (_time, _log) = (time, log);
        (_responders, _lists, Staples) = (new OcspClient(time), new RevocationLists(time, log), new Staples(this, time, log));
    }

    /// <summary>What is said of the gateway's own certificates.</summary>
    public Staples Staples { get; }

    /// <summary>What stands against the certificate under these rules; null when nothing does.</summary>
    /// <param name="certificate">The peer's own, its chain verified.</param>
    /// <param name="issuer">Who issued it, from that chain; null when there is nobody else in it.</param>
    /// <param name="rules">What counts.</param>
    /// <param name="whose">For the log: the connection, and which leg.</param>
    /// <param name="cancel">Ends the asking.</param>
    /// <param name="staple">What the peer sent of its responder, where it was asked for that.</param>
    public async Task<RevocationFinding?> ObjectionAsync(
        X509Certificate2 certificate, X509Certificate2? issuer, RevocationRules rules, string whose, CancellationToken cancel, Staple? staple = null)
    {
        if (rules.Rule == RevocationRule.None) return null;
        var finding = issuer is null
            ? new RevocationFinding(RevocationState.Unknown, "nobody issued it but itself")
            : await FindAsync(certificate, issuer, rules, staple, cancel).ConfigureAwait(false);
        if (finding.State == RevocationState.Good) return null;
        if (finding.State is RevocationState.Revoked or RevocationState.BadStaple || rules.Rule == RevocationRule.Hard) return finding;
        LogUnknown(whose, finding.Detail);
        return null;
    }

    public void Dispose() => _responders.Dispose();

    /// <summary>The first responder that the certificate names; null for none.</summary>
    internal static Uri? Responder(X509Certificate2 certificate) => OcspClient.Responder(certificate);

    /// <summary>Asks the responder for an answer to hand on. The certificate must name one.</summary>
    internal Task<(byte[]? Answer, RevocationFinding Finding, DateTimeOffset Until)> FetchAsync(
        X509Certificate2 certificate, X509Certificate2 issuer, CancellationToken cancel) =>
        _responders.FetchAsync(OcspClient.Responder(certificate)!, certificate, issuer, cancel);

    async Task<RevocationFinding> FindAsync(
        X509Certificate2 certificate, X509Certificate2 issuer, RevocationRules rules, Staple? staple, CancellationToken cancel)
    {
        var listed = new RevocationFinding(RevocationState.Unknown, "no revocation list is named");
        if (rules.ListFile is { } file)
        {
            listed = _lists.Find(file)?.Judge(certificate, issuer, _time.GetUtcNow()) ?? new(RevocationState.Unknown, "the revocation list cannot be read");
            if (listed.State != RevocationState.Unknown) return listed;
        }

        if (staple is not null && JudgeStaple(certificate, issuer, staple) is { } stapled) return stapled;
        var told = await _responders.AskAsync(certificate, issuer, cancel).ConfigureAwait(false);
        return told.State == RevocationState.Unknown ? told with { Detail = $"{listed.Detail}, and {told.Detail}" } : told;
    }

    // A good one saves asking. One that says nothing is not passed over: whoever holds back the answer that it was revoked could send such a one.
    RevocationFinding? JudgeStaple(X509Certificate2 certificate, X509Certificate2 issuer, Staple staple)
    {
        if (staple.Answer is not { } answer)
            return Staples.IsDemanded(certificate) ? new(RevocationState.BadStaple, "it promises a stapled answer of its responder, and none was sent") : null;
        var (finding, _) = OcspMessages.Judge(answer, certificate, issuer, _time.GetUtcNow());
        return finding.State == RevocationState.Unknown ? new(RevocationState.BadStaple, $"stapled: {finding.Detail}") : finding;
    }

    [LoggerMessage(223, LogLevel.Information, "Whether a certificate is revoked is not known and not demanded at {Whose}: {Detail}")]
    partial void LogUnknown(string whose, string detail);
}

/// <summary>What a peer stapled that was asked to; <paramref name="Answer"/> is null for nothing.</summary>
public sealed record Staple(byte[]? Answer);

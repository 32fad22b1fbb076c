using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Tls.Revocation;

/// <summary>
/// What the gateway staples to its own certificates (RFC 6066 section 8): the answer of the responder that a certificate names, so that clients need
/// not ask it. Fetched in the background and renewed at half of its time; no handshake waits for it. Safe for use from several threads.
/// </summary>
public sealed partial class Staples(CertificateRevocation revocation, TimeProvider time, ILogger log)
{
    /// <summary>A responder that fails is not asked again before.</summary>
    static readonly TimeSpan s_retry = TimeSpan.FromMinutes(1);

    readonly ConditionalWeakTable<SslStreamCertificateContext, Entry> _entries = [];

    /// <summary>The answer to staple, in DER; null where the certificate names no responder, or none is at hand.</summary>
    /// <param name="own">A certificate of the gateway with its chain.</param>
    public byte[]? Current(SslStreamCertificateContext own) => EntryOf(own) is { IsNamed: true } entry ? entry.Current(time.GetUtcNow()) : null;

    /// <summary>Asks for the next answer when it is time.</summary>
    /// <param name="own">A certificate of the gateway with its chain.</param>
    /// <param name="authorities">Where its issuer may be found beside its chain.</param>
    public Task RefreshAsync(SslStreamCertificateContext own, X509Certificate2Collection authorities) =>
        EntryOf(own) is { IsNamed: true } entry && entry.TryBegin(time.GetUtcNow()) ? RenewAsync(entry, own, IssuerOf(own, authorities)) : Task.CompletedTask;

    Entry EntryOf(SslStreamCertificateContext own) =>
        _entries.GetValue(own, static context => new Entry(CertificateRevocation.Responder(context.TargetCertificate) is not null));

    /// <summary>True when clients must refuse the certificate without a staple. RFC 7633.</summary>
    public static bool IsDemanded(X509Certificate2 certificate)
    {
        // TLS feature status_request: SEQUENCE { INTEGER 5 }; other features may stand beside it.
        var features = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == "1.3.6.1.5.5.7.1.24");
        return features is not null && features.RawData.AsSpan().IndexOf<byte>([2, 1, 5]) >= 0;
    }

    async Task RenewAsync(Entry entry, SslStreamCertificateContext own, X509Certificate2? issuer)
    {
        var certificate = own.TargetCertificate;
        try
        {
            if (issuer is null)
            {
                LogNone(certificate.Subject, "its issuer is not at hand");
                return;
            }

            var (answer, finding, until) = await revocation.FetchAsync(certificate, issuer, CancellationToken.None).ConfigureAwait(false);
            if (answer is not null && finding.State == RevocationState.Good) entry.Keep(answer, time.GetUtcNow(), until);
            else LogNone(certificate.Subject, finding.Detail);
        }
        finally
        {
            entry.End(time.GetUtcNow() + s_retry);
        }
    }

    static X509Certificate2? IssuerOf(SslStreamCertificateContext own, X509Certificate2Collection authorities)
    {
        var issuer = own.TargetCertificate.IssuerName.RawData;
        return own.IntermediateCertificates.Concat(authorities).FirstOrDefault(candidate => candidate.SubjectName.RawData.AsSpan().SequenceEqual(issuer));
    }

    [LoggerMessage(224, LogLevel.Warning, "Nothing is stapled to the certificate {Subject}: {Detail}")]
    partial void LogNone(string subject, string detail);

    sealed class Entry(bool isNamed)
    {
        readonly Lock _lock = new();
        byte[]? _answer;
        DateTimeOffset _until;
        DateTimeOffset _nextAt = DateTimeOffset.MinValue;
        bool _isAsking;

        public bool IsNamed => isNamed;

        public byte[]? Current(DateTimeOffset now)
        {
            lock (_lock) return now < _until ? _answer : null;
        }

        public bool TryBegin(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (_isAsking || now < _nextAt) return false;
                return _isAsking = true;
            }
        }

        public void Keep(byte[] answer, DateTimeOffset now, DateTimeOffset until)
        {
            lock (_lock) (_answer, _until, _nextAt) = (answer, until, now + (until - now) / 2);
        }

        public void End(DateTimeOffset retryAt)
        {
            lock (_lock)
            {
                _isAsking = false;
                if (_nextAt < retryAt) _nextAt = retryAt;
            }
        }
    }
}

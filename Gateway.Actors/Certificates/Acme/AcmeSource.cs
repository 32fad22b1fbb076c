using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>Certificates from the configured ACME servers. Safe for use from several threads.</summary>
public sealed class AcmeSource : ICertificateSource, IDisposable
{
    readonly Dictionary<string, AcmeIssuer> _issuers;
    readonly IChallengeAnswers _answers;
    readonly TimeProvider _time;

    /// <param name="options">Checked; names are unique.</param>
    /// <param name="accounts">Where the accounts are kept.</param>
    /// <param name="answers">Has challenges answered by every node.</param>
    /// <param name="time">Every wait is on this clock.</param>
    public AcmeSource(IReadOnlyList<AcmeOptions> options, IAcmeAccounts accounts, IChallengeAnswers answers, TimeProvider time)
    {
        (_answers, _time) = (answers, time);
        _issuers = options.ToDictionary(issuer => issuer.Name, issuer => new AcmeIssuer(issuer, accounts, time), StringComparer.Ordinal);
    }

    public Task<IssuedChain> IssueAsync(CertificateOrder order, CancellationToken cancel) => TellAsync(order, async issuer =>
    {
        var names = Names(order);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new AcmeRequest(
            names, Request(names, key), key.ExportSubjectPublicKeyInfo(), ReplacedBy(order), issuer.Options.PreferredChain);
        var chain = await issuer.WithAccountAsync(
            client => new AcmeIssuing(client, issuer.Options.Challenge, _answers, _time).IssueAsync(request, cancel), cancel).ConfigureAwait(false);
        return new IssuedChain([.. chain.Select(der => (ReadOnlyMemory<byte>)der)], key.ExportPkcs8PrivateKey());
    });

    public Task<RenewalAdvice?> AdviseAsync(CertificateOrder order, ReadOnlyMemory<byte> leaf, CancellationToken cancel) => TellAsync(order, async issuer =>
    {
        using var certificate = X509CertificateLoader.LoadCertificate(leaf.Span);
        if (AcmeRenewalInfo.IdOf(certificate) is not { } id) return (RenewalAdvice?)null;
        var info = await issuer.AskAsync(client => client.RenewalInfoAsync(id, cancel), cancel).ConfigureAwait(false);
        return info is null ? null : new RenewalAdvice(info.MomentFor(id), _time.GetUtcNow() + info.AskAgainIn);
    });

    /// <summary>Gives the cluster's account at that server a new key. Throws <see cref="CertificateSourceException"/>.</summary>
    public Task ChangeKeyAsync(string issuer, CancellationToken cancel) => TellAsync(issuer, async found =>
    {
        await found.ChangeKeyAsync(cancel).ConfigureAwait(false);
        return true;
    });

    /// <summary>Withdraws a certificate that the account has. Throws <see cref="CertificateSourceException"/>.</summary>
    /// <param name="issuer">The configured server.</param>
    /// <param name="certificate">DER.</param>
    /// <param name="reason">RFC 5280 section 5.3.1.</param>
    /// <param name="cancel">Gives up.</param>
    public Task RevokeAsync(string issuer, ReadOnlyMemory<byte> certificate, int reason, CancellationToken cancel) => TellAsync(issuer, found =>
        found.WithAccountAsync(
            async client =>
            {
                await client.RevokeAsync(certificate.ToArray(), reason, cancel).ConfigureAwait(false);
                return true;
            },
            cancel));

    public void Dispose()
    {
        foreach (var issuer in _issuers.Values) issuer.Dispose();
    }

    Task<T> TellAsync<T>(CertificateOrder order, Func<AcmeIssuer, Task<T>> act) => TellAsync(order.Issuer, act);

    async Task<T> TellAsync<T>(string? name, Func<AcmeIssuer, Task<T>> act)
    {
        if (name is null || !_issuers.TryGetValue(name, out var issuer))
            throw new CertificateSourceException($"there is no ACME server {name}; add it to Certificates:Acme on every node");
        try
        {
            return await act(issuer).ConfigureAwait(false);
        }
        catch (AcmeException e)
        {
            throw new CertificateSourceException($"ACME server {name}: {e.Message}", e) { RetryAt = _time.GetUtcNow() + e.RetryAfter };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // A file of authorities that is gone, or a certificate that is none.
            throw new CertificateSourceException($"ACME server {name}: {AcmeText.Printable(e.Message, 200)}", e);
        }
    }

    static string[] Names(CertificateOrder order)
    {
        if (order.Names.Count is 0 or > AcmeLimits.Names) throw new AcmeException($"a certificate has 1 to {AcmeLimits.Names} names");
        foreach (var name in order.Names)
        {
            if (AcmeIdentifier.Problem(name) is { } problem) throw new AcmeException($"{AcmeText.Printable(name, 255)} {problem}");
        }

        return [.. order.Names.Select(name => name.ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
    }

    // Without a subject: which of the names was first says nothing, and servers limit its length.
    static byte[] Request(string[] names, ECDsa key)
    {
        var request = new CertificateRequest(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(CertificateMaker.Names(names));
        return request.CreateSigningRequest();
    }

    static string? ReplacedBy(CertificateOrder order)
    {
        if (order.Replaces is not { } replaced) return null;
        using var certificate = X509CertificateLoader.LoadCertificate(replaced.Span);
        return AcmeRenewalInfo.IdOf(certificate);
    }
}

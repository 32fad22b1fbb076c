using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class ClientCertificateAuthoritySpec : IDisposable
{
    readonly FakeTimeProvider _time = new(new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero));
    readonly ConfigurationFolder _folder = new();
    readonly TestCertificates _clients;
    readonly ClientCertificateAuthority _authority;

    public ClientCertificateAuthoritySpec()
    {
        _clients = new TestCertificates("Clients CA", _time);
        var (certificate, key) = TestCertificates.Write(_clients.Authority, _folder.Root, "clients");
        _authority = new(new CertificateOptions { ClientAuthorityFile = certificate, ClientAuthorityKeyFile = key }, _time);
    }

    [Fact]
    public void Of_a_request_only_the_key_counts()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=root, OU=admins", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://cluster/root"));
        request.CertificateExtensions.Add(names.Build());

        using var issued = _authority.Issue(request.CreateSigningRequestPem(), "alice", ["a", "b, OU=admins"], TimeSpan.FromHours(1)).Value;

        var identity = CertificateIdentity.Read(issued).Value;
        Assert.Equal("alice", identity.Name);
        Assert.Equal(["a", "b, OU=admins"], identity.Groups);
        Assert.Equal(_time.GetUtcNow().AddHours(1), identity.Expires);
        Assert.False(issued.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(["1.3.6.1.5.5.7.3.2"], issued.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value!));
        using var pair = issued.CopyWithPrivateKey(key);
        Assert.True(pair.HasPrivateKey);
    }

    [Fact]
    public void No_certificate_lasts_longer_than_the_cluster_allows_or_its_authority()
    {
        using var longest = _authority.Issue(Request(ECCurve.NamedCurves.nistP256), "alice", [], TimeSpan.MaxValue).Value;
        Assert.Equal(_time.GetUtcNow().AddHours(12), new DateTimeOffset(longest.NotAfter.ToUniversalTime()));

        _time.SetUtcNow(new DateTimeOffset(_clients.Authority.NotAfter.ToUniversalTime()).AddMinutes(-30));
        using var last = _authority.Issue(Request(ECCurve.NamedCurves.nistP256), "alice", [], TimeSpan.FromHours(1)).Value;
        Assert.Equal(_clients.Authority.NotAfter, last.NotAfter);
        Assert.False(_authority.Issue(Request(ECCurve.NamedCurves.nistP256), "alice", [], TimeSpan.FromSeconds(59)).IsGranted);
    }

    [Fact]
    public void What_is_no_request_or_has_a_weak_key_is_refused()
    {
        var sound = Request(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        var small = new CertificateRequest("CN=x", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem();
        var bytes = Convert.FromBase64String(string.Concat(sound.Split('\n').Where(line => !line.StartsWith('-'))));
        bytes[^1] ^= 1;

        foreach (var bad in new[] { "", "x", sound[..^40], PemEncoding.WriteString("CERTIFICATE REQUEST", bytes), small, Request(ECCurve.NamedCurves.nistP521) })
            Assert.False(_authority.Issue(bad, "alice", [], TimeSpan.FromHours(1)).IsGranted);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _clients.Dispose();
    }

    static string Request(ECCurve curve)
    {
        using var key = ECDsa.Create(curve);
        return new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }
}

using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates;

/// <summary>What one node presents of what the cluster looks after, at any moment.</summary>
public sealed class CertificateStoreSpec : IDisposable
{
    readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddMicroseconds(SampleRegistry.At));
    readonly ClusterKey _key = ClusterKey.Ephemeral();
    readonly HeldRegistry _registry = new();
    readonly TestCertificates _authority;
    readonly ConfigurationFolder _folder = new();

    public CertificateStoreSpec() => _authority = new TestCertificates("Files CA", _time);

    DateTimeOffset Now => _time.GetUtcNow();

    [Fact]
    public void A_version_is_presented_from_its_activation_on_and_not_before()
    {
        using var store = Open();
        var (put, issued, active) = Acts(SampleCertificates.Active("edge", _key));

        _registry.Do(put, issued);
        Assert.Equal("certificate edge is not held by every node yet", store.Find("edge").Detail);
        Assert.NotNull(store.Sight("edge", 1)!.Context);
        _registry.Do(active);

        Assert.Equal(CertificateFacts.Of(issued.Chain[0]).Serial, SerialOf(store, "edge"));
    }

    [Fact]
    public void What_is_active_when_a_node_starts_is_presented_from_its_first_handshake_on()
    {
        _registry.Do(SampleCertificates.Active("edge", _key));

        using var store = Open();

        Assert.True(store.Find("edge").IsGranted);
    }

    [Fact]
    public void An_expired_version_is_never_presented_and_soon_before_no_session_begins_with_it()
    {
        using var store = Open();
        _registry.Do(SampleCertificates.Active("edge", _key));

        _time.Advance(TimeSpan.FromHours(20));
        Assert.True(store.Find("edge").IsGranted);
        Assert.Null(store.Problem("edge", Now));
        _time.Advance(TimeSpan.FromHours(2));
        var soon = store.Find("edge");
        _time.Advance(TimeSpan.FromHours(3));
        var late = store.Find("edge");

        Assert.Equal((Refusal.GatewayCertificateUnavailable, Refusal.GatewayCertificateUnavailable), (soon.Refusal, late.Refusal));
        Assert.Contains("nothing is there to take its place", soon.Detail, StringComparison.Ordinal);
        Assert.Contains("certificate edge expired at 2025-11-25", late.Detail, StringComparison.Ordinal);
        Assert.Equal(late.Detail, store.Problem("edge", Now));
    }

    [Fact]
    public void When_the_active_version_is_over_the_newest_good_one_that_is_held_is_presented()
    {
        using var store = Open();
        _registry.Do(SampleCertificates.Active("edge", _key));
        _time.Advance(TimeSpan.FromHours(12));
        var made = Acts(SampleCertificates.Active("edge", _key, at: Now)).Issued;
        var next = made with { Version = 2, SealedKey = Resealed(made, 2) };
        _registry.Do(next);
        Assert.NotEqual(CertificateFacts.Of(next.Chain[0]).Serial, SerialOf(store, "edge"));

        _time.Advance(TimeSpan.FromHours(13));

        Assert.Equal(CertificateFacts.Of(next.Chain[0]).Serial, SerialOf(store, "edge"));
    }

    [Fact]
    public void A_key_that_was_sealed_by_another_cluster_or_for_another_certificate_is_told_and_not_presented()
    {
        using var store = Open();
        var strange = SampleCertificates.Active("strange", ClusterKey.Ephemeral());
        var (put, issued, active) = Acts(SampleCertificates.Active("edge", _key));

        _registry.Do(strange);
        _registry.Do(put with { Name = "other" }, issued with { Name = "other" }, active with { Name = "other" });

        foreach (var name in new[] { "strange", "other" })
            Assert.Contains("was not sealed with this node's cluster key", store.Find(name).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_removed_or_was_never_declared_is_presented_to_nobody()
    {
        using var store = Open();
        _registry.Do(SampleCertificates.Active("edge", _key));

        _registry.Do(new CertificateRemoved { Act = SampleRegistry.Act, Name = "edge" });

        Assert.Equal("there is no certificate edge; declare it with: gateway apply -f", store.Find("edge").Detail);
    }

    [Fact]
    public void A_managed_certificate_stands_for_the_node_once_it_is_active_and_trust_follows_the_authorities()
    {
        using var store = Open(nodeCertificate: "edge");
        var own = store.Current.TargetCertificate.SerialNumber;
        _registry.Do(SampleCertificates.Active("edge", _key));
        _registry.Do(SampleCertificates.Authority(1, AuthorityStage.Signing, _key));
        var trusted = store.ClusterAuthorities.Count;
        _registry.Do(new AuthorityStaged { Act = SampleRegistry.Act, Generation = 1, Stage = AuthorityStage.Retired });

        Assert.NotEqual(own, store.Current.TargetCertificate.SerialNumber);
        Assert.Equal((3, 1), (trusted, store.ClusterAuthorities.Count));
        _time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(own, store.Current.TargetCertificate.SerialNumber);
    }

    [Fact]
    public void What_the_clusters_authority_issued_for_anything_else_makes_nobody_a_node()
    {
        using var store = Open(nodeCertificate: "edge");
        _registry.Do(SampleCertificates.Active("edge", _key));
        _registry.Do(SampleCertificates.Active("other", _key));

        Assert.True(IsNode(store, store.Find("edge").Value.TargetCertificate));
        Assert.False(IsNode(store, store.Find("other").Value.TargetCertificate));
        Assert.True(IsNode(store, _authority.Server("localhost"), _authority.Authority));
        _registry.Do(new CertificateRetired { Act = SampleRegistry.Act, Name = "edge", Version = 1, Reason = "spec" });
        Assert.True(IsNode(store, X509CertificateLoader.LoadCertificate(_registry.Acts.OfType<CertificateIssued>().First().Chain[0].Span)));
    }

    [Fact]
    public void What_was_handed_in_never_stands_for_a_node()
    {
        using var store = Open(nodeCertificate: "edge");
        var own = store.Current.TargetCertificate.SerialNumber;

        _registry.Do(SampleCertificates.Active("edge", _key, source: "imported"));

        Assert.Equal(own, store.Current.TargetCertificate.SerialNumber);
        Assert.False(IsNode(store, store.Find("edge").Value.TargetCertificate));
    }

    [Fact]
    public void What_an_acme_server_issued_never_stands_for_a_node()
    {
        using var store = Open(nodeCertificate: "edge");
        var own = store.Current.TargetCertificate.SerialNumber;
        var (put, issued, active) = Acts(SampleCertificates.Active("edge", _key, source: "acme"));

        _registry.Do(put with { Document = put.Document + "  issuer: public\n" }, issued, active);

        Assert.True(store.Find("edge").IsGranted);
        Assert.Equal(own, store.Current.TargetCertificate.SerialNumber);
        Assert.False(IsNode(store, store.Find("edge").Value.TargetCertificate));
        Assert.Equal(
            "Gateway:Certificates:NodeCertificate is \"edge\": is declared with source acme, which cannot stand for nodes; name one with source internal.",
            new RegisteredCertificates(Options("edge")).NodeFault(_registry.Current.Certificates));
        Assert.Null(new RegisteredCertificates(Options("other")).NodeFault(_registry.Current.Certificates));
    }

    [Fact]
    public void A_revoked_version_makes_nobody_a_node()
    {
        using var store = Open(nodeCertificate: "edge");
        _registry.Do(SampleCertificates.Active("edge", _key));
        var node = store.Find("edge").Value.TargetCertificate;
        var ofFiles = _authority.Server("localhost");
        Revoked Revoked(string value, string? issuer) => new()
        {
            Act = SampleRegistry.Act,
            Kind = RevocationKind.Certificate,
            Value = CertificateNumbers.Canonical(value)!,
            ValueIssuer = issuer,
            Reason = "spec",
        };
        void Lift(Revoked revoked) => _registry.Do(
            new RevocationLifted { Act = revoked.Act, Kind = revoked.Kind, Value = revoked.Value, ValueIssuer = revoked.ValueIssuer, Reason = "spec" });
        Assert.True(IsNode(store, node));

        foreach (var revoked in new[] { Revoked(node.SerialNumber, node.Issuer), Revoked(node.SerialNumber, null), Revoked(CertificateFacts.Of(node).Sha256, null) })
        {
            _registry.Do(revoked);
            Assert.False(IsNode(store, node));
            Lift(revoked);
            Assert.True(IsNode(store, node));
        }

        _registry.Do(Revoked(node.SerialNumber, "CN=Another"), Revoked(ofFiles.SerialNumber, null), Revoked(node.SerialNumber, null) with { Until = UnixMicros.Of(Now) });
        Assert.True(IsNode(store, node));
        Assert.False(IsNode(store, ofFiles, _authority.Authority));
    }

    [Fact]
    public void Files_are_taken_up_when_they_change_and_faulty_ones_change_nothing_and_say_so()
    {
        TestCertificates.Write(_authority.Server("gw.example.org"), _folder.Root, "edge");
        using var store = Open(ofNode: OfFiles());
        var first = SerialOf(store, "edge");

        File.WriteAllText(_folder.PathOf("edge.crt"), "-----BEGIN CERTIFICATE-----\nhalf");
        store.LookAtFiles();
        var broken = (SerialOf(store, "edge"), store.OfFiles("edge").Problem);
        File.WriteAllText(_folder.PathOf("edge.crt"), _authority.Server("gw.example.org").ExportCertificatePem());
        store.LookAtFiles();
        var mismatched = (SerialOf(store, "edge"), store.OfFiles("edge").Problem);
        TestCertificates.Write(_authority.Server("elsewhere.example.org"), _folder.Root, "edge");
        store.LookAtFiles();
        var misnamed = (SerialOf(store, "edge"), store.OfFiles("edge").Problem);
        var next = _authority.Server("gw.example.org");
        TestCertificates.Write(next, _folder.Root, "edge");
        store.LookAtFiles();

        Assert.Equal((first, first, first), (broken.Item1, mismatched.Item1, misnamed.Item1));
        Assert.Contains("holds no certificates in PEM", broken.Problem, StringComparison.Ordinal);
        Assert.Contains("has another key than the one beside it", mismatched.Problem, StringComparison.Ordinal);
        Assert.Contains("is not for gw.example.org", misnamed.Problem, StringComparison.Ordinal);
        Assert.Equal((next.SerialNumber, ""), (SerialOf(store, "edge"), store.OfFiles("edge").Problem));
    }

    [Fact]
    public void Files_whose_key_others_can_read_or_that_are_out_of_date_are_never_taken()
    {
        TestCertificates.Write(_authority.Expired("gw.example.org"), _folder.Root, "edge");
        using var store = Open(ofNode: OfFiles());
        var expired = store.Find("edge").Detail;
        TestCertificates.Write(_authority.Server("gw.example.org"), _folder.Root, "edge");
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_folder.PathOf("edge.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        store.LookAtFiles();

        Assert.Contains("certificate edge expired at", expired, StringComparison.Ordinal);
        Assert.Contains("chmod 600", store.Find("edge").Detail, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    static bool IsNode(CertificateStore store, X509Certificate2 certificate, X509Certificate2? authority = null)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = certificate.NotBefore.AddMinutes(1);
        if (authority is not null) chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.Build(certificate);
        return store.IsNode(certificate, chain);
    }

    CertificateProfile OfFiles() => new()
    {
        Name = "edge",
        Source = CertificateOrigin.Files,
        Names = ["gw.example.org"],
        Use = CertificateUse.Server,
        Lifetime = TimeSpan.FromHours(24),
        CertificateFile = _folder.PathOf("edge.crt"),
        KeyFile = _folder.PathOf("edge.key"),
    };

    CertificateStore Open(string? nodeCertificate = null, params CertificateProfile[] ofNode) => new(
        new FixedCertificates(_authority.Server("localhost"), _authority.Authorities), _registry, new CertificateStoreParts
        {
            Key = _key,
            Read = new RegisteredCertificates(Options(nodeCertificate)).Read,
            Time = _time,
            Log = NullLogger.Instance,
            NodeCertificate = nodeCertificate,
            OfNode = ofNode,
        });

    static GatewayOptions Options(string? nodeCertificate) => new()
    {
        Certificates = new CertificateOptions { NodeCertificate = nodeCertificate, Acme = [new AcmeOptions { Name = "public" }] },
    };

    /// <summary>The key of one version sealed as that of another.</summary>
    byte[] Resealed(CertificateIssued issued, uint version) => _key.SealBytes(
        "gateway.certificate.1", $"edge/{version}", _key.OpenBytes("gateway.certificate.1", $"edge/{issued.Version}", issued.SealedKey.Span)!);

    static (CertificatePut Put, CertificateIssued Issued, CertificateActivated Active) Acts(RegistryEvent[] acts) =>
        ((CertificatePut)acts[0], (CertificateIssued)acts[1], (CertificateActivated)acts[2]);

    static string SerialOf(CertificateStore store, string name) => store.Find(name).Value.TargetCertificate.SerialNumber;
}

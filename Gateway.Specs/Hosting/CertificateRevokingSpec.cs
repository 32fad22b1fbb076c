using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class CertificateRevokingSpec
{
    const string Declared = "apiVersion: gateway/v1\nkind: Certificate\nmetadata:\n  name: edge\nspec:\n  source: internal\n  names:\n  - gw.example.org\n";

    readonly HeldRegistry _registry = new();
    readonly ClusterKey _key = ClusterKey.Ephemeral();

    public CertificateRevokingSpec()
    {
        var now = TimeProvider.System.GetUtcNow();
        _registry.Do(InternalSource.Begin(1, signs: true, _key, SampleRegistry.Act, now));
        _registry.Do(new CertificatePut { Act = SampleRegistry.Act, Name = "edge", Document = Declared });
    }

    [Fact]
    public async Task The_version_in_use_is_revoked_for_its_issuer_and_another_is_ordered_in_the_same_change()
    {
        using var leaf = await VersionAsync(1);

        var answer = await RevokeAsync("edge");

        Assert.Equal(RegistryOutcome.Done, answer.Outcome);
        var revoked = Assert.Single(_registry.Current.Revocations.Values);
        Assert.Equal((RevocationKind.Certificate, leaf.Issuer, "spec"), (revoked.Kind, revoked.ValueIssuer, revoked.Reason));
        Assert.Equal(leaf.SerialNumber.TrimStart('0').ToLowerInvariant(), revoked.Value);
        Assert.True(_registry.Current.Certificates.All["edge"].OrderedAt > 0);
    }

    [Fact]
    public async Task A_version_that_another_took_the_place_of_is_revoked_by_serial_number_and_nothing_is_ordered()
    {
        using var first = await VersionAsync(1);
        using var second = await VersionAsync(2);

        var answer = await RevokeAsync(string.Join(':', first.SerialNumber.Chunk(2).Select(pair => new string(pair))));

        Assert.Equal(RegistryOutcome.Done, answer.Outcome);
        Assert.Equal(0, _registry.Current.Certificates.All["edge"].OrderedAt);
    }

    [Fact]
    public async Task A_number_that_nobody_looks_after_is_revoked_for_the_authority_that_signs()
    {
        await RevokeAsync("0A1B");

        var revoked = Assert.Single(_registry.Current.Revocations.Values);
        Assert.Equal(("a1b", "CN=Gateway authority 1"), (revoked.Value, revoked.ValueIssuer));
    }

    [Theory]
    [InlineData("edge")]
    [InlineData("nobody")]
    public async Task What_is_not_there_is_not_found(string which) => Assert.Equal(RegistryOutcome.NotFound, (await RevokeAsync(which)).Outcome);

    Task<RegistryAnswer> RevokeAsync(string which) => new CertificateRevoking(_registry, _registry, new RegisteredCertificates(new GatewayOptions()))
        .RevokeAsync(which, "spec", SampleRegistry.ActOf(Guid.NewGuid().ToString()), CancellationToken.None);

    async Task<X509Certificate2> VersionAsync(uint number)
    {
        var source = new InternalSource(_registry, _key, _ => [], TimeProvider.System);
        using var issued = await source.IssueAsync(
            new CertificateOrder { Name = "edge", Version = number, Names = ["gw.example.org"], Use = CertificateUse.Server, Lifetime = TimeSpan.FromHours(1) },
            CancellationToken.None);
        _registry.Do(
            new CertificateIssued { Act = SampleRegistry.Act, Name = "edge", Version = number, Chain = issued.Certificates, SealedKey = new byte[] { 1 }, Generation = 1 },
            new CertificateActivated { Act = SampleRegistry.Act, Name = "edge", Version = number, Nodes = [] });
        return X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
    }
}

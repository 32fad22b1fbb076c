using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Registry;

/// <summary>What is refused of declared certificates before anything is done.</summary>
public sealed class CertificatesPlanSpec
{
    [Theory]
    [InlineData("internal", "", null)]
    [InlineData("acme", "  issuer: public\n", "acme")]
    [InlineData("imported", "", "imported")]
    public void The_certificate_that_stands_for_nodes_is_declared_for_the_clusters_own_authority_only(string source, string more, string? refused)
    {
        var options = new GatewayOptions { Certificates = new CertificateOptions { Acme = [new AcmeOptions { Name = "public" }] } };
        var loaded = RegisteredConnections.Read(options, SampleCertificates.Document("node", source) + more, "spec", new Dictionary<string, string>());
        Assert.Empty(loaded.Faults);

        var faults = CertificatesPlan.Of(RegistrySnapshot.Empty, loaded, ApplyMode.Apply, _ => null, nodeCertificate: "node").Faults;

        Assert.Equal(refused is null ? [] : ["certificate node spec.source"], faults.Select(f => f.Path));
        Assert.All(faults, f => Assert.Equal((refused, "cannot stand for the nodes, as this certificate does"), (f.Value, f.Problem)));
        Assert.Empty(CertificatesPlan.Of(RegistrySnapshot.Empty, loaded, ApplyMode.Apply, _ => null, nodeCertificate: "other").Faults);
    }
}

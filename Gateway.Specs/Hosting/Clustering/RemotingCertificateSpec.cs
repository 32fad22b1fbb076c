using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting.Clustering;

public sealed class RemotingCertificateSpec : IDisposable
{
    readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_renewed_certificate_is_presented_to_nodes_that_join_later()
    {
        using var newAuthority = new TestCertificates("New CA");
        var certificates = new SpecNodeCertificates(_authority.Server(), [.. _authority.Authorities, .. newAuthority.Authorities]);
        await using var first = await ClusterNode.StartAsync("first", certificates, []);
        await first.SeesAsync(1);

        var renewed = newAuthority.Server();
        certificates.Renew(renewed);
        await Eventually.AssertAsync(async () => Assert.Equal(renewed.Thumbprint, await PresentedAsync(first.Address)));

        // Knows the new authority only, so it joins only once the first node presents the new certificate, both as server and as client.
        var joining = new SpecNodeCertificates(newAuthority.Server(), newAuthority.Authorities);
        await using var second = await ClusterNode.StartAsync("second", joining, [first.Address]);
        await second.SeesAsync(2);
    }

    [Fact]
    public async Task Trust_in_another_authority_takes_effect_without_a_restart()
    {
        using var newAuthority = new TestCertificates("New CA");
        var certificates = new SpecNodeCertificates(_authority.Server(), _authority.Authorities);
        await using var first = await ClusterNode.StartAsync("first", certificates, []);
        var joining = new SpecNodeCertificates(newAuthority.Server(), [.. _authority.Authorities, .. newAuthority.Authorities]);
        await using var second = await ClusterNode.StartAsync("second", joining, [first.Address]);
        await first.SeesAsync(1);

        certificates.ClusterAuthorities = [.. _authority.Authorities, .. newAuthority.Authorities];

        await second.SeesAsync(2);
    }

    static async Task<string?> PresentedAsync(string address)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(address));
        string? presented = null;
        await using var tls = new SslStream(
            client.GetStream(), false, (_, certificate, _, _) => (presented = certificate?.GetCertHashString()) is null);
        await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync("localhost"));
        return presented;
    }
}

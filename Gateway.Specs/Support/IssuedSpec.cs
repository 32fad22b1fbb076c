using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A spec with an issuer of tokens, and an authority that upstreams' certificates are of.</summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public abstract class IssuedSpec : IAsyncLifetime
{
    protected TestCertificates Upstreams { get; } = new("Upstream CA");

    protected FakeIssuer Issuer { get; private set; } = null!;

    public async Task InitializeAsync() => Issuer = await FakeIssuer.StartAsync();

    public async Task DisposeAsync()
    {
        await Issuer.DisposeAsync();
        Upstreams.Dispose();
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Gateway.Specs.Support;

public sealed class FakeIssuerSpec
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_minted_token_verifies_with_the_published_keys(string algorithm)
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var client = Client(issuer);
        var keys = new JsonWebKeySet(await client.GetStringAsync(new Uri($"{issuer.Url}/keys")));

        var result = await new JsonWebTokenHandler().ValidateTokenAsync(issuer.Mint(new TokenContent { Algorithm = algorithm }), new TokenValidationParameters
        {
            ValidIssuer = issuer.Url,
            ValidAudience = "gateway",
            IssuerSigningKeys = keys.GetSigningKeys(),
        });

        Assert.True(result.IsValid, result.Exception?.Message);
    }

    [Fact]
    public async Task A_stopped_issuer_answers_at_the_same_address_when_started_again()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        var discovery = new Uri($"{issuer.Url}/.well-known/openid-configuration");
        using (var before = Client(issuer)) await before.GetStringAsync(discovery);

        await issuer.StopAsync();
        using (var meanwhile = Client(issuer)) await Assert.ThrowsAsync<HttpRequestException>(() => meanwhile.GetStringAsync(discovery));
        await issuer.StartAgainAsync();

        using var after = Client(issuer);
        Assert.Contains($"{issuer.Url}/keys", await after.GetStringAsync(discovery), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_issuer_answers_with_an_error()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        using var client = Client(issuer);

        issuer.Fail();

        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync(new Uri($"{issuer.Url}/keys"))).StatusCode);
    }

    static HttpClient Client(FakeIssuer issuer)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(issuer.Authorities);
        return new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } });
    }
}

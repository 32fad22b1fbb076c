using System.Security.Cryptography.X509Certificates;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Upstream;

/// <summary>With npm's oidc-provider.</summary>
public sealed class UpstreamTokensSpec
{
    readonly FakeTimeProvider _time = new();
    int _opened;

    [RequiresFact("node", "npm")]
    public async Task A_token_serves_for_half_of_its_time_and_whoever_waits_meanwhile_gets_the_same()
    {
        await using var provider = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        var (tokens, client) = (new UpstreamTokens(_time), Client(provider));

        var first = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(tokens, client)));
        _time.Advance(TimeSpan.FromSeconds(299));
        var later = await AskAsync(tokens, client);
        _time.Advance(TimeSpan.FromSeconds(2));
        var next = await AskAsync(tokens, client);

        var token = Assert.Single(first.Select(given => given.Value).Distinct());
        Assert.Equal(token, later.Value);
        Assert.NotEqual(token, next.Value);
        Assert.Equal(2, _opened);
    }

    [RequiresFact("node", "npm")]
    public async Task A_server_that_is_gone_is_told_and_asked_again_a_second_later()
    {
        await using var provider = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        var (tokens, client) = (new UpstreamTokens(_time), Client(provider));
        await provider.StopAsync();

        var refused = await AskAsync(tokens, client);
        await AskAsync(tokens, client);
        Assert.Equal((Refusal.UpstreamSecretUnavailable, 1), (refused.Refusal, _opened));
        Assert.StartsWith("localhost gives none: ", refused.Detail, StringComparison.Ordinal);

        await provider.StartAgainAsync();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.True((await AskAsync(tokens, client)).IsGranted);
    }

    [RequiresFact("node", "npm")]
    public async Task A_server_that_the_authorities_do_not_vouch_for_is_told_no_secret()
    {
        await using var provider = await OidcProvider.StartAsync(TimeSpan.FromMinutes(10));
        using var others = new TestCertificates("Another CA");

        var refused = await AskAsync(new UpstreamTokens(_time), Client(provider) with { Authorities = others.Authorities });

        Assert.Equal(Refusal.UpstreamSecretUnavailable, refused.Refusal);
        Assert.DoesNotContain(OidcProvider.ServiceSecret, refused.Detail, StringComparison.Ordinal);
    }

    Task<Verdict<string>> AskAsync(UpstreamTokens tokens, OAuthClient client) => tokens.OfAsync(client, _ =>
    {
        Interlocked.Increment(ref _opened);
        return Task.FromResult<Verdict<string>>(OidcProvider.ServiceSecret);
    }, CancellationToken.None);

    static OAuthClient Client(OidcProvider provider)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(provider.AuthoritiesFile);
        return new OAuthClient
        {
            TokenEndpoint = new Uri($"{provider.Url}/token"),
            ClientId = "meter",
            Secret = new SecretPlace(null, null, "meter"),
            Resource = "urn:gateway",
            Authorities = authorities,
        };
    }
}

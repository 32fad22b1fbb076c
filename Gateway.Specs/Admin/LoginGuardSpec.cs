using System.Net;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class LoginGuardSpec
{
    const int Most = 3;

    [Fact]
    public async Task Whoever_tries_tokens_has_to_wait_a_good_one_included_and_it_is_recorded_once()
    {
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key, loginFailures: Most);
        using var forger = host.Client("forged");
        for (var i = 0; i < Most; i++) Assert.Equal(HttpStatusCode.Unauthorized, (await forger.GetAsync("/v1/sessions")).StatusCode);

        using var good = host.Client("auditor");
        using var refused = await good.GetAsync("/v1/sessions");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("60", refused.Headers.GetValues("Retry-After").Single());
        Assert.Equal(HttpStatusCode.TooManyRequests, (await forger.GetAsync("/v1/sessions")).StatusCode);
        using var nobody = host.Client();
        Assert.Equal(HttpStatusCode.OK, (await nobody.GetAsync("/health/live")).StatusCode);
        var recorded = Assert.IsType<ActRecorded>(Assert.Single(host.Registry.Acts));
        Assert.Equal((ActKind.LoginsRefused, "127.0.0.1"), (recorded.Kind, recorded.Target));
    }

    [Fact]
    public async Task An_issuer_that_cannot_be_asked_does_not_shut_its_people_out()
    {
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key, loginFailures: Most);
        using var client = host.Client("down");

        for (var i = 0; i < Most + 1; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/v1/sessions")).StatusCode);
    }
}

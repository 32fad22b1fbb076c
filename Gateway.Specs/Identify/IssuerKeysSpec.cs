using Gateway.Actors;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class IssuerKeysSpec : IAsyncLifetime
{
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    readonly CollectedLog<IssuerKeys> _log = new();
    FakeIssuer _issuer = null!;
    IssuerKeys _keys = null!;

    public async Task InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync(_time);
        _keys = new IssuerKeys(_issuer.Options(), _time, _log);
    }

    public async Task DisposeAsync() => await _issuer.DisposeAsync();

    [Fact]
    public async Task Keys_are_read_once_for_many_tokens()
    {
        await FindAsync();

        for (var i = 0; i < 100; i++) Assert.True((await FindAsync()).IsGranted);

        Assert.Equal(1, _issuer.KeyReads);
    }

    [Fact]
    public async Task Sessions_that_need_the_keys_at_once_share_one_reading()
    {
        var release = new TaskCompletionSource();
        var arrived = HoldKeys(release.Task);

        var asking = Enumerable.Range(0, 50).Select(_ => FindAsync().AsTask()).ToArray();
        await arrived;
        release.SetResult();

        Assert.All(await Task.WhenAll(asking), verdict => Assert.True(verdict.IsGranted, verdict.Detail));
        Assert.Equal(1, _issuer.KeyReads);
    }

    [Fact]
    public async Task A_new_key_is_found_by_the_first_token_that_names_it()
    {
        await FindAsync();
        _time.Advance(IssuerKeysPolicy.BetweenReads);
        _issuer.RotateKeys();

        var verdict = await FindAsync();

        Assert.True(verdict.IsGranted, verdict.Detail);
        Assert.Equal(2, _issuer.KeyReads);
    }

    [Fact]
    public async Task A_withdrawn_key_is_refused_after_the_next_reading()
    {
        var withdrawn = _issuer.Keys.IdFor("ES256");
        await FindAsync();
        _issuer.RotateKeys();
        _time.Advance(IssuerKeysPolicy.WaitAfter);

        var verdict = await _keys.FindAsync(withdrawn, "ES256", default);

        Assert.Equal(Refusal.TokenSignatureInvalid, verdict.Refusal);
    }

    [Fact]
    public async Task Keys_that_grow_old_are_read_again_while_they_are_used()
    {
        await FindAsync();
        _time.Advance(IssuerKeysPolicy.RefreshAfter);
        var release = new TaskCompletionSource();
        var arrived = HoldKeys(release.Task);

        var verdict = await FindAsync();

        Assert.True(verdict.IsGranted, verdict.Detail);
        await arrived;
        release.SetResult();
    }

    [Fact]
    public async Task A_flood_of_made_up_key_ids_asks_the_issuer_once_in_ten_seconds()
    {
        await FindAsync();
        _time.Advance(IssuerKeysPolicy.BetweenReads);

        for (var i = 0; i < 50; i++)
            Assert.Equal(Refusal.TokenSignatureInvalid, (await _keys.FindAsync($"made-up-{i}", "ES256", default)).Refusal);

        Assert.Equal(2, _issuer.KeyReads);
    }

    [Fact]
    public async Task Sessions_begin_through_an_outage_until_the_grace_is_over_and_again_after_it()
    {
        await FindAsync();
        await _issuer.StopAsync();

        _time.Advance(IssuerKeysPolicy.Grace);
        var within = await FindAsync();
        _time.Advance(IssuerKeysPolicy.BetweenReads);
        var beyond = await FindAsync();
        await _issuer.StartAgainAsync();
        _time.Advance(IssuerKeysPolicy.BetweenReads);
        var after = await FindAsync();

        Assert.Equal((true, Refusal.IssuerUnavailable, true), (within.IsGranted, beyond.Refusal, after.IsGranted));
    }

    [Fact]
    public async Task An_unknown_key_is_not_called_a_wrong_signature_while_the_issuer_is_out()
    {
        await FindAsync();
        _issuer.Fail();
        _time.Advance(IssuerKeysPolicy.BetweenReads);

        var verdict = await _keys.FindAsync("new", "ES256", default);

        Assert.Equal(Refusal.IssuerUnavailable, verdict.Refusal);
    }

    [Fact]
    public async Task An_outage_is_logged_once_and_so_is_its_end()
    {
        _issuer.Fail();
        for (var i = 0; i < 5; i++)
        {
            await FindAsync();
            _time.Advance(IssuerKeysPolicy.BetweenReads);
        }

        _issuer.Fail(false);
        await FindAsync();

        Assert.Equal([LogLevel.Warning, LogLevel.Information], _log.Lines.Select(l => l.Level));
        Assert.Contains("answers with status 500", _log.Lines[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_is_not_waited_for_beyond_the_deadline()
    {
        var arrived = HoldKeys(Task.Delay(Timeout.Infinite));
        var asking = FindAsync().AsTask();
        await arrived;

        _time.Advance(IdentityLimits.IssuerDeadline);

        Assert.Equal(Refusal.IssuerUnavailable, (await asking.WaitAsync(TimeSpan.FromSeconds(10))).Refusal);
        Assert.Contains("no answer in time", Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_gives_up_does_not_end_the_reading_others_wait_for()
    {
        var release = new TaskCompletionSource();
        var arrived = HoldKeys(release.Task);
        using var impatience = new CancellationTokenSource();
        var impatient = _keys.FindAsync(_issuer.Keys.IdFor("ES256"), "ES256", impatience.Token).AsTask();
        var patient = FindAsync().AsTask();
        await arrived;

        await impatience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        release.SetResult();
        Assert.True((await patient).IsGranted);
    }

    [Fact]
    public async Task A_discovery_document_that_names_another_issuer_is_not_believed()
    {
        _issuer.DiscoveredIssuer = _issuer.Url + "/";

        var verdict = await FindAsync();

        Assert.Equal((Refusal.IssuerUnavailable, 0), (verdict.Refusal, _issuer.KeyReads));
        Assert.Contains("names another issuer", Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_larger_than_the_cap_are_not_read()
    {
        var padding = new string(' ', IdentityLimits.IssuerDocument);
        _issuer.KeysInstead = context => context.Response.WriteAsync($"{{\"keys\":[]{padding}}}");

        Assert.Equal(Refusal.IssuerUnavailable, (await FindAsync()).Refusal);
        Assert.Contains("buffer", Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _issuer.KeysInstead = context =>
        {
            context.Response.Redirect(_issuer.Url + "/.well-known/openid-configuration");
            return Task.CompletedTask;
        };

        Assert.Equal(Refusal.IssuerUnavailable, (await FindAsync()).Refusal);
        Assert.Contains("status 302", Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no JSON at all")]
    [InlineData("[]")]
    [InlineData("{\"keys\":7}")]
    public async Task An_answer_that_is_no_key_set_is_an_outage(string answer)
    {
        _issuer.KeysInstead = context => context.Response.WriteAsync(answer);

        Assert.Equal(Refusal.IssuerUnavailable, (await FindAsync()).Refusal);
    }

    [Fact]
    public async Task An_issuer_whose_certificate_is_of_another_authority_is_not_believed()
    {
        using var other = new TestCertificates("Another CA");
        var bundle = Path.GetTempFileName();
        var keys = new IssuerKeys(_issuer.Options() with { AuthoritiesFile = other.WriteAuthority(bundle) }, _time, _log);

        var verdict = await keys.FindAsync(_issuer.Keys.IdFor("ES256"), "ES256", default);

        File.Delete(bundle);
        Assert.Equal((Refusal.IssuerUnavailable, 0), (verdict.Refusal, _issuer.KeyReads));
        Assert.Contains("certificate", Reason, StringComparison.Ordinal);
    }

    string Reason => Assert.Single(_log.Lines).Text;

    ValueTask<Verdict<SecurityKey>> FindAsync() => _keys.FindAsync(_issuer.Keys.IdFor("ES256"), "ES256", default);

    /// <summary>The keys are published once <paramref name="release"/> completes. Returns when they were asked for.</summary>
    Task HoldKeys(Task release)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _issuer.KeysInstead = async context =>
        {
            arrived.TrySetResult();
            await release.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync(System.Text.Json.JsonSerializer.Serialize(_issuer.Keys.Published()));
        };
        return arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }
}

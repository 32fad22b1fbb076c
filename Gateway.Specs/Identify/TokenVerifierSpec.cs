using Gateway.Actors;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Identify;

public sealed class TokenVerifierSpec : IClassFixture<TokenVerifierSpec.SharedIssuer>
{
    readonly FakeIssuer _issuer;
    readonly FakeTimeProvider _time;
    readonly CollectedLog<TokenVerifier> _log = new();
    readonly TokenVerifier _verifier;

    public TokenVerifierSpec(SharedIssuer shared)
    {
        (_issuer, _time) = (shared.Issuer, shared.Time);
        _verifier = Verifier(_issuer.Options());
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_sound_token_names_its_subject_its_groups_and_its_issuer(string algorithm)
    {
        var expires = _time.GetUtcNow().AddMinutes(3);
        var token = _issuer.Mint(new TokenContent { Algorithm = algorithm, Groups = new[] { "telemetry", "staff" }, Expires = expires });

        var verdict = await VerifyAsync(token);

        Assert.True(verdict.IsGranted, verdict.Detail);
        Assert.Equal(("alice", "main"), (verdict.Value.Name, verdict.Value.Issuer));
        Assert.Equal(["telemetry", "staff"], verdict.Value.Groups);
        Assert.Equal(expires.ToUnixTimeSeconds() + 5, verdict.Value.Expires.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_single_group_may_be_a_plain_text_and_none_at_all_is_an_empty_list()
    {
        var one = await VerifyAsync(_issuer.Mint(new TokenContent { Groups = "telemetry" }));
        var none = await VerifyAsync(_issuer.Mint());

        Assert.Equal(["telemetry"], one.Value.Groups);
        Assert.Empty(none.Value.Groups);
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("application/at+jwt")]
    [InlineData("jwt")]
    [InlineData(null)]
    public async Task An_access_token_may_say_so_or_nothing_in_its_type(string? type)
    {
        var verdict = await VerifyAsync(_issuer.Mint(new TokenContent { MoreHeaders = With("typ", type) }));

        Assert.True(verdict.IsGranted, verdict.Detail);
    }

    [Fact]
    public async Task A_token_for_several_audiences_is_accepted_when_the_gateway_is_one_of_them()
    {
        var verdict = await VerifyAsync(_issuer.Mint(new TokenContent { Audience = new[] { "other", "gateway" } }));

        Assert.True(verdict.IsGranted, verdict.Detail);
    }

    public static TheoryData<string> Unacceptable => [.. BadTokens.All.Where(bad => bad.Refusal != Refusal.NotGranted).Select(bad => bad.Name)];

    [Theory]
    [MemberData(nameof(Unacceptable))]
    public async Task An_unacceptable_token_is_refused_by_name(string fault)
    {
        var bad = BadTokens.All.Single(token => token.Name == fault);

        var verdict = await VerifyAsync(bad.Mint(_issuer, _time.GetUtcNow()));

        Assert.Equal((false, bad.Refusal), (verdict.IsGranted, verdict.Refusal));
    }

    [Theory]
    [InlineData("/realm_access/roles", "telemetry,staff")]
    [InlineData("https://example.org/groups", "lab")]
    [InlineData("/https:~1~1example.org~1groups", "lab")]
    [InlineData("/realm_access/none", "")]
    [InlineData("/realm_access/roles/0", "")]
    public async Task Groups_can_be_nested_or_have_an_address_for_a_name(string claim, string groups)
    {
        var verifier = Verifier(_issuer.Options() with { GroupsClaim = claim });
        var claims = new Dictionary<string, object?>
        {
            ["realm_access"] = new { roles = new[] { "telemetry", "staff" } },
            ["https://example.org/groups"] = "lab",
        };

        var verdict = await verifier.VerifyAsync(_issuer.Mint(new TokenContent { MoreClaims = claims }), ["main"], default);

        Assert.Equal(groups, string.Join(',', verdict.Value.Groups));
    }

    [Fact]
    public async Task A_names_letters_may_be_of_any_language()
    {
        var verdict = await VerifyAsync(_issuer.Mint(new TokenContent { Subject = "Søren 山田 Зоя", MoreClaims = With("jti", "t-1") }));

        Assert.Equal(("Søren 山田 Зоя", "t-1"), (verdict.Value.Name, verdict.Value.Id));
    }

    [Fact]
    public async Task Times_may_have_fractions_of_a_second()
    {
        var end = _time.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds() / 1000.0;

        var verdict = await VerifyAsync(_issuer.Mint(new TokenContent { MoreClaims = With("exp", end) }));

        Assert.True(verdict.IsGranted, verdict.Detail);
    }

    [Fact]
    public async Task A_token_of_an_issuer_the_connection_does_not_accept_is_refused()
    {
        var verdict = await _verifier.VerifyAsync(_issuer.Mint(), ["another"], default);

        Assert.Equal(Refusal.TokenIssuerUnknown, verdict.Refusal);
    }

    [Fact]
    public async Task An_algorithm_the_issuer_is_not_configured_for_is_refused_though_its_key_is_published()
    {
        var verifier = Verifier(_issuer.Options() with { Algorithms = ["ES256"] });

        var verdict = await verifier.VerifyAsync(_issuer.Mint(new TokenContent { Algorithm = "RS256" }), ["main"], default);

        Assert.Equal(Refusal.TokenAlgorithmRefused, verdict.Refusal);
    }

    [Fact]
    public async Task The_issuers_clock_may_differ_by_the_configured_skew_and_no_more()
    {
        var now = _time.GetUtcNow();

        var within = await VerifyAsync(_issuer.Mint(new TokenContent { Expires = now.AddSeconds(-3), NotBefore = now.AddSeconds(4) }));
        var late = await VerifyAsync(_issuer.Mint(new TokenContent { Expires = now.AddSeconds(-6) }));
        var early = await VerifyAsync(_issuer.Mint(new TokenContent { NotBefore = now.AddSeconds(7) }));

        Assert.True(within.IsGranted, within.Detail);
        Assert.Equal((Refusal.TokenExpired, Refusal.TokenNotYetValid), (late.Refusal, early.Refusal));
    }

    [Fact]
    public async Task A_token_that_outlives_the_calendar_is_no_fault_of_the_verifier()
    {
        var verdict = await VerifyAsync(_issuer.Mint(new TokenContent { MoreClaims = With("exp", long.MaxValue) }));

        Assert.True(!verdict.IsGranted || verdict.Value.Expires > _time.GetUtcNow());
    }

    [Fact]
    public async Task Two_issuers_of_one_authority_are_told_apart_by_the_audience()
    {
        var verifier = Verifier(_issuer.Options("first", "one"), _issuer.Options("second", "two"));

        var verdict = await verifier.VerifyAsync(_issuer.Mint(new TokenContent { Audience = "two" }), ["first", "second"], default);

        Assert.Equal("second", verdict.Value.Issuer);
    }

    [Fact]
    public async Task Another_claim_can_name_the_subject()
    {
        var verifier = Verifier(_issuer.Options() with { NameClaim = "client_id", GroupsClaim = "roles" });
        var claims = new Dictionary<string, object?> { ["client_id"] = "pump-4", ["roles"] = "pumps" };
        var token = _issuer.Mint(new TokenContent { MoreClaims = claims });

        var verdict = await verifier.VerifyAsync(token, ["main"], default);

        Assert.Equal("pump-4", verdict.Value.Name);
        Assert.Equal(["pumps"], verdict.Value.Groups);
    }

    [Fact]
    public async Task No_change_of_a_token_is_accepted_or_breaks_the_verifier_and_no_part_of_it_is_told()
    {
        var random = new Random(20);
        var sound = _issuer.Mint(new TokenContent { Subject = "subject-in-secret", Groups = new[] { "group-in-secret" } });
        var details = new List<string>();

        for (var i = 0; i < 2000; i++)
        {
            // The last character of a signature has bits that mean nothing.
            var changed = Changed(sound, random.Next(sound.Length - 1), (char)random.Next(32, 127));
            var verdict = await VerifyAsync(changed);
            Assert.True(changed == sound || !verdict.IsGranted, changed);
            details.Add(verdict.Detail);
        }

        var secrets = sound.Split('.').Append("in-secret");
        var told = string.Join('\n', [.. details.Distinct(), .. _log.Lines.Select(l => l.Text)]);
        Assert.DoesNotContain(secrets, secret => told.Contains(secret[..9], StringComparison.Ordinal));
    }

    static string Changed(string token, int at, char to) => string.Concat(token.AsSpan(0, at), [to], token.AsSpan(at + 1));

    static Dictionary<string, object?> With(string name, object? value) => new() { [name] = value };

    Task<Verdict<TokenIdentity>> VerifyAsync(string token) => _verifier.VerifyAsync(token, ["main"], default);

    TokenVerifier Verifier(params IssuerOptions[] issuers) => new(issuers, _time, _log);

    /// <summary>An issuer that no spec of this class changes.</summary>
    public sealed class SharedIssuer : IAsyncLifetime
    {
        public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());

        public FakeIssuer Issuer { get; private set; } = null!;

        public async Task InitializeAsync() => Issuer = await FakeIssuer.StartAsync(Time);

        public async Task DisposeAsync() => await Issuer.DisposeAsync();
    }
}

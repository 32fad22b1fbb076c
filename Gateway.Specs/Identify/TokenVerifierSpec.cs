using System.Buffers.Text;
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

    [Theory]
    [MemberData(nameof(Unacceptable))]
    public async Task An_unacceptable_token_is_refused_by_name(string fault, Refusal expected)
    {
        var verdict = await VerifyAsync(Unsound(fault));

        Assert.False(verdict.IsGranted);
        Assert.Equal(expected, verdict.Refusal);
    }

    public static TheoryData<string, Refusal> Unacceptable => new()
    {
        { "empty", Refusal.TokenMalformed },
        { "words", Refusal.TokenMalformed },
        { "two parts", Refusal.TokenMalformed },
        { "header no JSON", Refusal.TokenMalformed },
        { "payload no object", Refusal.TokenMalformed },
        { "encrypted", Refusal.TokenMalformed },
        { "too long", Refusal.TokenMalformed },
        { "critical extension", Refusal.TokenMalformed },
        { "logout token", Refusal.TokenMalformed },
        { "type no text", Refusal.TokenMalformed },
        { "algorithm no text", Refusal.TokenMalformed },
        { "key id no text", Refusal.TokenMalformed },
        { "no end", Refusal.TokenMalformed },
        { "end no number", Refusal.TokenMalformed },
        { "groups a number", Refusal.TokenMalformed },
        { "a group a number", Refusal.TokenMalformed },
        { "too many groups", Refusal.TokenMalformed },
        { "invisible group", Refusal.TokenMalformed },
        { "issuer a list", Refusal.TokenMalformed },
        { "expired", Refusal.TokenExpired },
        { "end negative", Refusal.TokenExpired },
        { "not yet valid", Refusal.TokenNotYetValid },
        { "foreign key", Refusal.TokenSignatureInvalid },
        { "embedded key", Refusal.TokenSignatureInvalid },
        { "embedded key, own id", Refusal.TokenSignatureInvalid },
        { "signature cut off", Refusal.TokenSignatureInvalid },
        { "payload exchanged", Refusal.TokenSignatureInvalid },
        { "other issuer", Refusal.TokenIssuerUnknown },
        { "issuer with a slash", Refusal.TokenIssuerUnknown },
        { "no issuer", Refusal.TokenIssuerUnknown },
        { "other audience", Refusal.TokenAudienceWrong },
        { "audience with a slash", Refusal.TokenAudienceWrong },
        { "no audience", Refusal.TokenAudienceWrong },
        { "unsigned", Refusal.TokenAlgorithmRefused },
        { "hmac with the public key", Refusal.TokenAlgorithmRefused },
        { "no subject", Refusal.TokenSubjectMissing },
        { "empty subject", Refusal.TokenSubjectMissing },
        { "long subject", Refusal.TokenSubjectMissing },
        { "invisible subject", Refusal.TokenSubjectMissing },
    };

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

    string Unsound(string fault) => fault switch
    {
        "empty" => "",
        "words" => "not a token",
        "two parts" => string.Join('.', _issuer.Mint().Split('.')[..2]),
        "header no JSON" => "bm8." + string.Join('.', _issuer.Mint().Split('.')[1..]),
        "payload no object" => Parts(0, Base64Url.EncodeToString("[1]"u8), 2),
        "encrypted" => _issuer.Mint() + ".aa.bb",
        "too long" => _issuer.Mint(new TokenContent { MoreClaims = With("padding", new string('a', IdentityLimits.Token)) }),
        "critical extension" => Header("crit", new[] { "exp" }),
        "logout token" => Header("typ", "logout+jwt"),
        "type no text" => Header("typ", 7),
        "algorithm no text" => Header("alg", new[] { "ES256" }),
        "key id no text" => Header("kid", 7),
        "no end" => Claim("exp", null),
        "end no number" => Claim("exp", "tomorrow"),
        "end negative" => Claim("exp", -5),
        "groups a number" => Claim("groups", 7),
        "a group a number" => Claim("groups", new object[] { "telemetry", 7 }),
        "too many groups" => Claim("groups", Enumerable.Range(0, IdentityLimits.Groups + 1).Select(i => $"{i}").ToArray()),
        "invisible group" => Claim("groups", "tele\u200Bmetry"),
        "expired" => _issuer.Mint(new TokenContent { Expires = _time.GetUtcNow().AddHours(-1) }),
        "not yet valid" => _issuer.Mint(new TokenContent { NotBefore = _time.GetUtcNow().AddMinutes(1) }),
        "foreign key" => _issuer.MintForeign(),
        "embedded key" => _issuer.MintWithEmbeddedKey(),
        "embedded key, own id" => _issuer.MintWithEmbeddedKey(ownKeyId: true),
        "signature cut off" => string.Join('.', _issuer.Mint().Split('.')[..2]) + ".",
        "payload exchanged" => Parts(0, _issuer.Mint(new TokenContent { Subject = "mallory" }).Split('.')[1], 2),
        "other issuer" => _issuer.Mint(new TokenContent { Issuer = "https://elsewhere.example.org" }),
        "issuer with a slash" => _issuer.Mint(new TokenContent { Issuer = _issuer.Url + "/" }),
        "no issuer" => Claim("iss", null),
        "issuer a list" => Claim("iss", new[] { _issuer.Url }),
        "other audience" => _issuer.Mint(new TokenContent { Audience = "elsewhere" }),
        "audience with a slash" => _issuer.Mint(new TokenContent { Audience = "gateway/" }),
        "no audience" => _issuer.Mint(new TokenContent { Audience = null }),
        "unsigned" => _issuer.MintUnsigned(),
        "hmac with the public key" => _issuer.MintHmacWithPublicKey(),
        "no subject" => _issuer.Mint(new TokenContent { Subject = null }),
        "empty subject" => _issuer.Mint(new TokenContent { Subject = " " }),
        "long subject" => _issuer.Mint(new TokenContent { Subject = new string('a', IdentityLimits.Name + 1) }),
        "invisible subject" => _issuer.Mint(new TokenContent { Subject = "alice\r\nadmin" }),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, null),
    };

    string Header(string name, object? value) => _issuer.Mint(new TokenContent { MoreHeaders = With(name, value) });

    string Claim(string name, object? value) => _issuer.Mint(new TokenContent { MoreClaims = With(name, value) });

    string Parts(params object[] parts)
    {
        var sound = _issuer.Mint().Split('.');
        return string.Join('.', parts.Select(p => p is int i ? sound[i] : (string)p));
    }

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

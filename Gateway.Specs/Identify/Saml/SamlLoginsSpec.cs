using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using System.Xml;
using Gateway.Actors.Hosting;
using Gateway.Actors.Identify;
using Gateway.Actors.Identify.Saml;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Identify.Saml;

/// <summary>A login by SAML from the question to the token, on any node, once.</summary>
public sealed class SamlLoginsSpec : IDisposable
{
    const string Verifier = "verifier-of-the-command";

    static readonly LoopbackLogin s_asked =
        LoopbackLogin.Read("40000", Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Verifier))), "state-of-the-command")!;

    readonly SamlForge _forge = new();
    readonly FakeTimeProvider _time = new(SamlForge.Now);
    readonly ConfigurationFolder _folder = new();
    readonly TokenKey _key = TokenKey.Ephemeral();
    readonly MemoryLoginStore _store;
    readonly SamlOptions _options;
    readonly SamlLogins _logins;

    public SamlLoginsSpec()
    {
        _store = new MemoryLoginStore(_time);
        _options = new SamlOptions
        {
            PublicUrl = "https://gateway.example.org:8443",
            Providers =
            [
                new()
                {
                    Name = "corp", EntityId = SamlForge.Provider, SingleSignOnUrl = "https://idp.example.org/sso?x=1",
                    CertificatesFile = _folder.Write("idp.crt", _forge.Certificate.ExportCertificatePem()),
                },
            ],
        };
        _logins = Node();
    }

    SamlProviderOptions Corp => _logins.Find("corp")!;

    [Fact]
    public void The_request_names_the_gateway_the_address_for_the_answer_and_itself()
    {
        var (address, _) = _logins.Begin(Corp, s_asked);

        Assert.StartsWith("https://idp.example.org/sso?x=1&SAMLRequest=", address, StringComparison.Ordinal);
        var request = Request(address);
        Assert.Equal(SamlForge.Consumer, request.GetAttribute("AssertionConsumerServiceURL"));
        Assert.Equal("https://idp.example.org/sso?x=1", request.GetAttribute("Destination"));
        Assert.Equal("2026-01-31T08:01:00Z", request.GetAttribute("IssueInstant"));
        Assert.Equal(SamlForge.Entity, request.InnerText);
        Assert.Matches("^_[0-9a-f]{40}$", request.GetAttribute("ID"));
    }

    [Fact]
    public async Task A_sound_assertion_becomes_a_token_that_connections_accept_which_name_the_provider()
    {
        var (address, cookie) = _logins.Begin(Corp, s_asked);

        // Another node takes the answer, and a third one the code.
        var outcome = await Node().FinishAsync(Corp, Answer(address), cookie, default);
        Assert.True(outcome.Code.IsGranted, outcome.Code.Detail);
        var issued = await Node().RedeemAsync(Corp, outcome.Code.Value, Verifier, default);

        Assert.Equal(s_asked, outcome.Asked);
        Assert.Equal(SamlForge.Now.AddMinutes(60), issued!.Value.Until);
        var verifier = new TokenVerifier([], _time, NullLogger<TokenVerifier>.Instance, SamlLogins.Issuers(_options, _key));
        var identity = await verifier.VerifyAsync(issued.Value.Token, ["corp"], default);
        Assert.True(identity.IsGranted, identity.Detail);
        Assert.Equal(("alice", "corp"), (identity.Value.Name, identity.Value.Issuer));
        Assert.Equal(["telemetry"], identity.Value.Groups);
        Assert.NotNull(identity.Value.Id);
        Assert.Equal(Refusal.TokenIssuerUnknown, (await verifier.VerifyAsync(issued.Value.Token, ["main"], default)).Refusal);
        _time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(Refusal.TokenExpired, (await verifier.VerifyAsync(issued.Value.Token, ["corp"], default)).Refusal);
    }

    [Fact]
    public async Task A_token_lasts_no_longer_than_the_session_at_the_provider()
    {
        var (address, cookie) = _logins.Begin(Corp, s_asked);
        var content = new SamlContent { Statement = """<saml:AuthnStatement AuthnInstant="2026-01-31T07:00:00Z" SessionNotOnOrAfter="2026-01-31T08:11:00Z"/>""" };

        var outcome = await _logins.FinishAsync(Corp, Answer(address, content), cookie, default);
        var issued = await _logins.RedeemAsync(Corp, outcome.Code.Value, Verifier, default);

        Assert.Equal(SamlForge.Now.AddMinutes(10), issued!.Value.Until);
    }

    [Fact]
    public async Task A_token_of_another_cluster_s_key_is_refused()
    {
        using var other = TokenKey.Ephemeral();
        var token = other.Sign(new OwnToken("https://gateway.example.org:8443/saml/corp", _options.PublicUrl!, "alice", [], _time.GetUtcNow(), _time.GetUtcNow().AddHours(1)));
        var verifier = new TokenVerifier([], _time, NullLogger<TokenVerifier>.Instance, SamlLogins.Issuers(_options, _key));

        Assert.Equal(Refusal.TokenSignatureInvalid, (await verifier.VerifyAsync(token, ["corp"], default)).Refusal);
    }

    [Fact]
    public async Task An_assertion_is_used_once_in_the_whole_cluster()
    {
        var (address, cookie) = _logins.Begin(Corp, s_asked);
        var answer = Answer(address);
        Assert.True((await _logins.FinishAsync(Corp, answer, cookie, default)).Code.IsGranted);

        var again = await Node().FinishAsync(Corp, answer, cookie, default);

        Assert.Equal(Refusal.AssertionReplayed, again.Code.Refusal);
    }

    [Fact]
    public async Task An_answer_without_the_browser_that_asked_is_refused()
    {
        var (address, cookie) = _logins.Begin(Corp, s_asked);
        using var other = TokenKey.Ephemeral();
        var strangers = new SamlLogins(_options, other, _store, _time).Begin(Corp, s_asked).Cookie;
        var altered = cookie[..^2] + (cookie[^2] == 'A' ? 'B' : 'A') + cookie[^1];

        foreach (var brought in new[] { null, "", "no cookie", strangers, altered, new string('A', 5000) })
        {
            var outcome = await _logins.FinishAsync(Corp, Answer(address), brought, default);

            Assert.Equal(Refusal.AssertionUnsolicited, outcome.Code.Refusal);
            Assert.Null(outcome.Asked);
        }
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_or_to_another_login_is_refused()
    {
        var (address, cookie) = _logins.Begin(Corp, s_asked);
        var other = _logins.Begin(Corp, s_asked).Cookie;

        Assert.Equal(Refusal.AssertionUnsolicited, (await _logins.FinishAsync(Corp, Answer(address), other, default)).Code.Refusal);
        _time.Advance(SamlLimits.Login);
        Assert.Equal(Refusal.AssertionUnsolicited, (await _logins.FinishAsync(Corp, Answer(address), cookie, default)).Code.Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public async Task What_is_no_response_is_refused(string field)
    {
        var (_, cookie) = _logins.Begin(Corp, s_asked);

        var outcome = await _logins.FinishAsync(Corp, field, cookie, default);

        Assert.Equal(Refusal.AssertionMalformed, outcome.Code.Refusal);
    }

    [Fact]
    public async Task A_code_is_good_once_in_time_and_with_its_verifier_alone()
    {
        async Task<string> CodeAsync(int assertion)
        {
            var (address, cookie) = _logins.Begin(Corp, s_asked);
            return (await _logins.FinishAsync(Corp, Answer(address, id: $"_assertion{assertion}"), cookie, default)).Code.Value;
        }

        var codes = new[] { await CodeAsync(0), await CodeAsync(1), await CodeAsync(2) };

        Assert.NotNull(await _logins.RedeemAsync(Corp, codes[0], Verifier, default));
        Assert.Null(await _logins.RedeemAsync(Corp, codes[0], Verifier, default));
        Assert.Null(await _logins.RedeemAsync(Corp, codes[1], "another verifier", default));
        Assert.Null(await _logins.RedeemAsync(Corp, codes[1], Verifier, default));
        _time.Advance(SamlLimits.Code);
        Assert.Null(await _logins.RedeemAsync(Corp, codes[2], Verifier, default));
    }

    [Theory]
    [InlineData("80", "challenge")]
    [InlineData("70000", "challenge")]
    [InlineData("40000@evil.example.org", "challenge")]
    [InlineData("40000", "short")]
    public void A_login_ends_on_loopback_or_is_not_begun(string port, string challenge) =>
        Assert.Null(LoopbackLogin.Read(port, challenge == "challenge" ? s_asked.Challenge : challenge, "state"));

    public void Dispose()
    {
        _folder.Dispose();
        _key.Dispose();
    }

    // Nodes share the key and the database, and nothing else.
    SamlLogins Node() => new(_options, _key, _store, _time);

    string Answer(string address, SamlContent? content = null, string? id = null)
    {
        var request = Request(address).GetAttribute("ID");
        var document = SamlForge.Load(SamlForge.Xml((content ?? new SamlContent()) with { InResponseTo = request, ConfirmedInResponseTo = request }));
        var assertion = SamlForge.Assertion(document);
        if (id is not null) assertion.SetAttribute("ID", id);
        _forge.Sign(assertion);
        return Convert.ToBase64String(SamlForge.Bytes(document));
    }

    static XmlElement Request(string address)
    {
        var deflated = Convert.FromBase64String(HttpUtility.ParseQueryString(new Uri(address).Query)["SAMLRequest"]!);
        using var inflated = new StreamReader(new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress));
        return SamlForge.Load(inflated.ReadToEnd()).DocumentElement!;
    }
}

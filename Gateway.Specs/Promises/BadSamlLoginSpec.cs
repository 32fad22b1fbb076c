using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Specs.Promises;

/// <summary>
/// Whatever is wrong with what a browser brings back from a SAML provider: the node refuses it by its word, and nobody gets a
/// code for it. Identify/Saml has many more of each kind.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "xunit calls DisposeAsync.")]
public sealed class BadSamlLoginSpec : IAsyncLifetime
{
    // Nobody has to listen there: where the browser is sent is what counts.
    const string Waiting = "http://127.0.0.1:40001/callback";
    const string Verifier = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    const string ProvidersSso = "https://idp.example.org/sso";

    static readonly SamlForge s_forge = new();

    static readonly Dictionary<string, Bad> s_table = new()
    {
        ["no XML"] = new(Refusal.AssertionMalformed, _ => "alice"u8.ToArray()),
        ["a DTD"] = new(
            Refusal.AssertionMalformed,
            sound => Encoding.UTF8.GetBytes("<!DOCTYPE x [<!ENTITY e \"alice\">]>" + s_forge.Sound(sound).OuterXml)),
        ["without an end"] = Say(Refusal.AssertionMalformed, sound => sound with { NotOnOrAfter = null }),
        ["unsigned"] = new(Refusal.AssertionSignatureInvalid, sound => Encoding.UTF8.GetBytes(SamlForge.Xml(sound))),
        ["altered after signing"] = new(Refusal.AssertionSignatureInvalid, Altered),
        ["signed by a stranger"] = Sign(Refusal.AssertionSignatureInvalid, new SamlSigning { By = s_forge.Stranger }),
        ["digested with SHA-1"] = Sign(
            Refusal.AssertionAlgorithmRefused, new SamlSigning { Digest = "http://www.w3.org/2000/09/xmldsig#sha1" }),
        ["of another issuer"] = Say(
            Refusal.AssertionIssuerUnknown, sound => sound with { AssertionIssuer = "https://idp.example.org/other" }),
        ["another audience"] = Say(Refusal.AssertionAudienceWrong, sound => sound with { Audience = new SamlContent().Audience }),
        ["another recipient"] = Say(Refusal.AssertionRecipientWrong, sound => sound with { Recipient = SamlForge.Consumer }),
        ["another destination"] = Say(Refusal.AssertionRecipientWrong, sound => sound with { Destination = SamlForge.Consumer }),
        ["expired"] = Say(Refusal.AssertionExpired, sound => sound with { NotOnOrAfter = In(-60) }),
        ["not yet valid"] = Say(Refusal.AssertionNotYetValid, sound => sound with { NotBefore = In(120) }),
        ["an answer to another login"] = Say(Refusal.AssertionUnsolicited, sound => sound with { InResponseTo = SamlForge.Request }),
        ["an assertion for another login"] = Say(
            Refusal.AssertionUnsolicited, sound => sound with { ConfirmedInResponseTo = SamlForge.Request }),
        ["encrypted"] = Say(Refusal.AssertionEncrypted, sound => sound with { Extensions = "<saml:EncryptedAssertion/>" }),
        ["no name"] = Say(Refusal.AssertionSubjectMissing, sound => sound with { NameId = "" }),
        ["refused by the provider"] = Say(
            Refusal.AssertionDenied,
            sound => sound with { Status = """<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/>""" }),
    };

    readonly int _admin = FreePort.Next();
    TestNode _node = null!;
    HttpClient _http = null!;

    string Service => $"https://localhost:{_admin}/saml/corp";

    [Fact]
    public async Task Every_bad_assertion_is_refused_by_its_word_and_no_code_comes_of_it()
    {
        using var counted = new RefusalMeter(_node.Services.GetRequiredService<GatewayMetrics>());
        var told = new Dictionary<string, string>();
        foreach (var (name, bad) in s_table)
        {
            var (cookie, request) = await BeginAsync(name);
            told[name] = await AnswerAsync(cookie, bad.Make(Sound(request)));
        }

        Assert.Equal(
            s_table.ToDictionary(row => row.Key, row => $"{Waiting}?error={row.Value.Refusal.Word()}&state={State(row.Key)}"), told);
        Assert.All(
            s_table.Values.CountBy(bad => bad.Refusal),
            refused => Assert.Equal(refused.Value, counted.LoginsRefused(LoginWay.Saml, refused.Key)));
        Assert.Equal(s_table.Count, _node.Log.Lines.Count(line => line.Event == 3101));
        Assert.DoesNotContain(_node.Log.Lines, line => line.Event == 3102);
    }

    [Fact]
    public async Task A_sound_one_beside_them_is_worth_one_code_and_that_one_token()
    {
        var (cookie, request) = await BeginAsync("sound");
        var sound = SamlForge.Bytes(s_forge.Sound(Sound(request)));

        var told = await AnswerAsync(cookie, sound);
        var again = await AnswerAsync(cookie, sound);

        Assert.StartsWith($"{Waiting}?code=", told, StringComparison.Ordinal);
        Assert.Equal($"{Waiting}?error={Refusal.AssertionReplayed.Word()}&state={State("sound")}", again);
        var code = told.Split("code=")[1].Split('&')[0];
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (await RedeemAsync(code), await RedeemAsync(code)));
    }

    [Fact]
    public void Every_word_for_an_assertion_is_tried() => Assert.Equal(
        Enum.GetValues<Refusal>().Where(refusal => refusal.ToString().StartsWith("Assertion", StringComparison.Ordinal)),
        s_table.Values.Select(bad => bad.Refusal).Append(Refusal.AssertionReplayed).Distinct().Order());

    public async Task InitializeAsync()
    {
        var folder = new ConfigurationFolder();
        _node = await TestNode.StartAsync(
            folder, """
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: telemetry }
            spec:
              protocol: mqtt
              listen: { address: 127.0.0.1, port: 0 }
              upstream: { host: 127.0.0.1, port: 1, tls: {} }
              access: { issuers: [corp], groups: [telemetry] }
            """,
            new Dictionary<string, string?>
            {
                ["Admin:Port"] = $"{_admin}",
                ["Saml:PublicUrl"] = $"https://localhost:{_admin}",
                ["Saml:Providers:0:Name"] = "corp",
                ["Saml:Providers:0:EntityId"] = SamlForge.Provider,
                ["Saml:Providers:0:SingleSignOnUrl"] = ProvidersSso,
                ["Saml:Providers:0:CertificatesFile"] = folder.Write("provider.crt", s_forge.Certificate.ExportCertificatePem()),
            });
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(_node.AuthorityFile);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        })
        { BaseAddress = new Uri(_node.AdminUrl) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
    }

    /// <summary>Begins a login as the command does: the cookie that the browser got, and what the provider is asked.</summary>
    async Task<(string Cookie, string Request)> BeginAsync(string name)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Verifier)));
        using var answer = await _http.GetAsync($"/saml/corp/login?port={new Uri(Waiting).Port}&challenge={challenge}&state={State(name)}");
        var address = answer.Headers.Location!.ToString();
        Assert.StartsWith($"{ProvidersSso}?SAMLRequest=", address, StringComparison.Ordinal);
        var deflated = Convert.FromBase64String(Uri.UnescapeDataString(address.Split("SAMLRequest=")[1]));
        await using var request = new DeflateStream(new MemoryStream(deflated), CompressionMode.Decompress);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
        return (cookie, (string)XDocument.Load(request).Root!.Attribute("ID")!);
    }

    /// <summary>Where the browser is sent with what it brought from the provider.</summary>
    async Task<string> AnswerAsync(string cookie, byte[] response)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["SAMLResponse"] = Convert.ToBase64String(response) });
        using var brought = new HttpRequestMessage(HttpMethod.Post, "/saml/corp/acs") { Content = form };
        brought.Headers.Add("Cookie", cookie);
        using var answer = await _http.SendAsync(brought);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    async Task<HttpStatusCode> RedeemAsync(string code)
    {
        using var answer = await _http.PostAsJsonAsync("/saml/corp/token", new { code, verifier = Verifier });
        if (!answer.IsSuccessStatusCode) return answer.StatusCode;
        var issued = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEmpty(issued.GetProperty("accessToken").GetString()!);
        return answer.StatusCode;
    }

    SamlContent Sound(string request) => new()
    {
        Destination = $"{Service}/acs",
        Recipient = $"{Service}/acs",
        InResponseTo = request,
        ConfirmedInResponseTo = request,
        Audience = $"<saml:AudienceRestriction><saml:Audience>{Service}/metadata</saml:Audience></saml:AudienceRestriction>",
        Statement = $"<saml:AuthnStatement AuthnInstant=\"{In(-1)}\"/>",
        Issued = In(-1),
        NotBefore = In(-60),
        NotOnOrAfter = In(240),
        ConfirmedUntil = In(240),
    };

    static string State(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));

    static string In(int seconds) =>
        TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static byte[] Altered(SamlContent sound)
    {
        var document = s_forge.Sound(sound);
        document.GetElementsByTagName("NameID", "urn:oasis:names:tc:SAML:2.0:assertion")[0]!.InnerText = "mallory";
        return SamlForge.Bytes(document);
    }

    /// <summary>Signed soundly, whatever it says.</summary>
    static Bad Say(Refusal refusal, Func<SamlContent, SamlContent> bend) =>
        new(refusal, sound => SamlForge.Bytes(s_forge.Sound(bend(sound))));

    static Bad Sign(Refusal refusal, SamlSigning signing) =>
        new(refusal, sound => SamlForge.Bytes(s_forge.Sound(sound, signing)));

    sealed record Bad(Refusal Refusal, Func<SamlContent, byte[]> Make);
}

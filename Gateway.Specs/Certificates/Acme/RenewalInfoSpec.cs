using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>RFC 9773.</summary>
public sealed class RenewalInfoSpec : IAsyncLifetime, IDisposable
{
    readonly HeldAccounts _accounts = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    readonly SwiftTime _time = new(wait => wait <= AcmeLimits.SlowestPoll && wait != AcmeLimits.Request);
    FakeAcme _server = null!;
    AcmeSource _source = null!;

    public async Task InitializeAsync()
    {
        _server = await FakeAcme.StartAsync();
        _server.MoreDirectory = new JsonObject { ["renewalInfo"] = $"{_server.Url}renewal" };
        _source = new AcmeSource([_server.Options()], _accounts, new OwnAnswers(new PendingChallenges(_time)), _time);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _source.Dispose();
        _deadline.Dispose();
    }

    // The example of RFC 9773 section 4.1: this authority key identifier and this serial number.
    [Fact]
    public void A_certificate_is_named_by_its_authoritys_key_and_its_serial_number()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=example.com", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4")));
        using var example = request.Create(
            new X500DistinguishedName("CN=Example CA"), X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1),
            Convert.FromHexString("0087654321"));

        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", AcmeRenewalInfo.IdOf(example));
    }

    [Fact]
    public void The_moment_lies_within_the_window_and_is_the_same_for_whoever_asks()
    {
        var start = DateTimeOffset.UnixEpoch;
        var info = new AcmeRenewalInfo(start, start.AddHours(10), TimeSpan.FromHours(1));

        var moments = Enumerable.Range(0, 100).Select(i => info.MomentFor($"key.{i}")).ToArray();

        Assert.All(moments, moment => Assert.InRange(moment, info.Start, info.End));
        Assert.Equal(moments, Enumerable.Range(0, 100).Select(i => info.MomentFor($"key.{i}")));
        Assert.InRange(moments.Max() - moments.Min(), TimeSpan.FromHours(8), TimeSpan.FromHours(10));
    }

    [Theory]
    [InlineData("21600", 6 * 60)]
    [InlineData("1", 1)]
    [InlineData("31536000", 24 * 60)]
    [InlineData(null, 6 * 60)]
    public async Task The_servers_advice_is_taken_and_it_is_asked_again_when_it_wants_within_bounds(string? retryAfter, int minutes)
    {
        var start = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        _server.Instead["renewal"] = http =>
        {
            if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
            return FakeAcme.Json(http, Window(start, start.AddDays(1)));
        };
        using var issued = await IssueAsync();

        var advice = await _source.AdviseAsync(AcmeOrders.For("edge.test"), issued.Certificates[0], _deadline.Token);

        Assert.InRange(advice!.Value.RenewAt, start, start.AddDays(1));
        Assert.Equal(_time.GetUtcNow().AddMinutes(minutes), advice.Value.AskAgain);
    }

    [Fact]
    public async Task A_server_without_renewal_information_has_no_advice()
    {
        using var issued = await IssueAsync();
        _server.MoreDirectory = [];

        Assert.Null(await _source.AdviseAsync(AcmeOrders.For("edge.test"), issued.Certificates[0], _deadline.Token));
    }

    [Theory]
    [InlineData("""{ }""")]
    [InlineData("""{ "suggestedWindow": 7 }""")]
    [InlineData("""{ "suggestedWindow": { "start": "soon", "end": "later" } }""")]
    [InlineData("""{ "suggestedWindow": { "start": "2030-01-02T00:00:00Z", "end": "2030-01-02T00:00:00Z" } }""")]
    public async Task Advice_that_is_none_is_refused(string json)
    {
        _server.Instead["renewal"] = http => FakeAcme.Json(http, JsonNode.Parse(json)!);
        using var issued = await IssueAsync();

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(
            () => _source.AdviseAsync(AcmeOrders.For("edge.test"), issued.Certificates[0], _deadline.Token));

        Assert.Contains("suggests no time that begins before it ends", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewal_says_what_it_replaces()
    {
        using var first = await IssueAsync();
        (_server.Chain, _server.AuthorizationStatus) = (null, "pending");

        using var second = await _source.IssueAsync(AcmeOrders.For("edge.test") with { Replaces = first.Certificates[0] }, _deadline.Token);

        using var leaf = X509CertificateLoader.LoadCertificate(first.Certificates[0].Span);
        Assert.Equal([null, AcmeRenewalInfo.IdOf(leaf)], _server.Orders.Select(order => (string?)order["replaces"]));
    }

    [Fact]
    public async Task What_was_replaced_already_is_renewed_all_the_same()
    {
        using var first = await IssueAsync();
        (_server.Chain, _server.AuthorizationStatus) = (null, "pending");
        _server.Instead["order"] = http =>
        {
            _server.Instead.Remove("order");
            return FakeAcme.Problem(http, 409, "alreadyReplaced", "somebody else did");
        };

        using var second = await _source.IssueAsync(AcmeOrders.For("edge.test") with { Replaces = first.Certificates[0] }, _deadline.Token);

        Assert.Null((string?)_server.Orders.Last()["replaces"]);
    }

    static JsonObject Window(DateTimeOffset start, DateTimeOffset end) => new()
    {
        ["suggestedWindow"] = new JsonObject
        {
            ["start"] = start.ToString("O", CultureInfo.InvariantCulture),
            ["end"] = end.ToString("O", CultureInfo.InvariantCulture),
        },
    };

    Task<IssuedChain> IssueAsync() => _source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
}

using System.Text.Json.Nodes;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>With a server that means no good, or is broken.</summary>
public sealed class HostileServerSpec : IAsyncLifetime, IDisposable
{
    // All waits but for the deadline of one request and that of the order.
    readonly SwiftTime _time = new(wait => wait <= AcmeLimits.SlowestPoll && wait != AcmeLimits.Request);
    readonly HeldAccounts _accounts = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    OwnAnswers _answers = null!;
    FakeAcme _server = null!;
    AcmeSource _source = null!;

    public async Task InitializeAsync()
    {
        _answers = new OwnAnswers(new PendingChallenges(_time));
        _server = await FakeAcme.StartAsync();
        _source = new AcmeSource([_server.Options()], _accounts, _answers, _time);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _source.Dispose();
        _deadline.Dispose();
    }

    [Fact]
    public async Task A_server_that_behaves_issues()
    {
        using var issued = await IssueAsync();

        Assert.Equal(2, issued.Certificates.Count);
        Assert.Equal(_answers.Offered, _answers.Withdrawn);
    }

    [Theory]
    [InlineData("dir")]
    [InlineData("account")]
    [InlineData("authorization")]
    [InlineData("certificate")]
    public async Task An_answer_without_end_is_cut_off(string what)
    {
        _server.Instead[what] = async http =>
        {
            http.Response.Headers.Location = $"{_server.Url}account/1";
            for (var i = 0; i < 200 && !http.RequestAborted.IsCancellationRequested; i++) await http.Response.Body.WriteAsync(new byte[64 * 1024]);
        };

        Assert.Contains("localhost cannot be asked", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        _server.Instead["dir"] = http =>
        {
            http.Response.Redirect($"{_server.Url}dir");
            return Task.CompletedTask;
        };

        Assert.Equal("ACME server pebble: localhost answers with status 302 without a reason", await RefusalAsync());
        Assert.Equal(["dir"], _server.Asked);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("31536000")]
    [InlineData("Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("0")]
    [InlineData("-5")]
    public async Task What_stays_pending_is_given_up_after_four_minutes_whatever_the_server_wants(string? retryAfter)
    {
        _server.Instead["authorization"] = http =>
        {
            if (retryAfter is not null) http.Response.Headers.RetryAfter = retryAfter;
            return FakeAcme.Json(http, _server.Authorization("pending"));
        };

        Assert.Equal("ACME server pebble: the order is not fulfilled within 4 minutes", await RefusalAsync());
        Assert.InRange(_server.Asked.Count(what => what == "authorization"), 4, 300);
        Assert.Equal(_answers.Offered, _answers.Withdrawn);
    }

    [Fact]
    public async Task An_order_that_is_processed_for_ever_is_given_up()
    {
        _server.Instead["finalize"] = http => FakeAcme.Json(http, _server.Order("processing"));
        _server.Instead["placed"] = http => FakeAcme.Json(http, _server.Order(_server.Asked.Contains("finalize") ? "processing" : "ready"));

        Assert.Equal("ACME server pebble: the order is not fulfilled within 4 minutes", await RefusalAsync());
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_given_up_after_half_a_minute()
    {
        var asked = new TaskCompletionSource();
        _server.Instead["order"] = async http =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };

        var refusal = RefusalAsync();
        await asked.Task;
        _time.Advance(AcmeLimits.Request);

        Assert.Equal("ACME server pebble: localhost does not answer within 30 s", await refusal);
    }

    [Theory]
    [InlineData("31536000", 24 * 60)]
    [InlineData("600", 10)]
    public async Task A_server_that_is_too_busy_is_left_alone_as_long_as_it_wants_and_at_most_a_day(string retryAfter, int minutes)
    {
        _server.Instead["order"] = http =>
        {
            http.Response.Headers.RetryAfter = retryAfter;
            return FakeAcme.Problem(http, 429, "rateLimited", "too many");
        };

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(IssueAsync);

        Assert.Equal("ACME server pebble: localhost answers with status 429 (rateLimited: too many)", refused.Message);
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(minutes), refused.RetryAt);
    }

    [Fact]
    public async Task Nonces_that_are_all_refused_end_the_order()
    {
        _server.Instead["order"] = http => FakeAcme.Problem(http, 400, "badNonce", "not this one");

        Assert.Contains("badNonce: not this one", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Equal(1 + AcmeLimits.NonceRetries, _server.Asked.Count(what => what == "order"));
    }

    [Fact]
    public async Task An_error_of_any_size_and_content_is_one_printable_line()
    {
        _server.Instead["order"] = http => FakeAcme.Json(
            http,
            new JsonObject
            {
                ["type"] = new string('t', 5000),
                ["detail"] = "\u001b[2J\r\nforged: line \u202e" + new string('d', 5000),
                ["subproblems"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(_ => (JsonNode)new JsonObject { ["detail"] = "sub\n", ["identifier"] = 7 })]),
            },
            status: 403, "application/problem+json");

        var told = await RefusalAsync();

        Assert.InRange(told.Length, 100, 800);
        Assert.All(told, letter => Assert.InRange(letter, ' ', '~'));
    }

    [Theory]
    [InlineData("""{ "newNonce": "http://localhost/nonce" }""", "the directory has no newNonce, or it is no https URL")]
    [InlineData("""{ "newNonce": "file:///etc/passwd" }""", "the directory has no newNonce, or it is no https URL")]
    [InlineData("""{ "newAccount": "https://me:you@localhost/account" }""", "the directory has no newAccount, or it is no https URL")]
    [InlineData("""{ "newOrder": 7 }""", "the directory has no newOrder, or it is no https URL")]
    public async Task A_directory_that_leads_off_the_path_is_refused(string more, string told)
    {
        _server.MoreDirectory = JsonNode.Parse(more)!.AsObject();

        Assert.Equal($"ACME server pebble: {told}", await RefusalAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}}}}}}}}}}}""")]
    public async Task What_is_no_json_object_is_refused(string body)
    {
        _server.Instead["dir"] = http => FakeAcme.Text(http, body, 200, "application/json");

        Assert.Equal("ACME server pebble: the directory is no JSON object", await RefusalAsync());
    }

    [Fact]
    public async Task A_name_that_was_not_ordered_is_not_proved()
    {
        _server.Name = "bank.test";

        Assert.Equal("ACME server pebble: the server wants a name proved that was not ordered", await RefusalAsync());
        Assert.Empty(_answers.Offered);
    }

    [Theory]
    [InlineData("../../admin")]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    public async Task A_token_that_is_none_is_not_answered(string token)
    {
        _server.Instead["authorization"] = http => FakeAcme.Json(http, _server.Authorization("pending", token));

        Assert.Equal("ACME server pebble: the server does not offer tls-alpn-01 for edge.test", await RefusalAsync());
        Assert.Empty(_answers.Offered);
    }

    [Fact]
    public async Task More_authorizations_than_a_certificate_has_names_are_refused()
    {
        _server.Instead["order"] = http =>
        {
            http.Response.Headers.Location = $"{_server.Url}placed/1";
            var order = _server.Order("pending");
            order["authorizations"] = new JsonArray([.. Enumerable.Range(0, 101).Select(i => (JsonNode)$"{_server.Url}authorization/{i}")]);
            return FakeAcme.Json(http, order, 201);
        };

        Assert.Contains("names more than 100 authorizations", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_kind_of_content_is_not_taken()
    {
        _server.Instead["certificate"] = http => FakeAcme.Text(http, _server.Chain!, 200, "text/html");

        Assert.Equal("ACME server pebble: the certificate is sent as \"text/html\", not as application/pem-certificate-chain", await RefusalAsync());
    }

    [Fact]
    public async Task A_certificate_for_another_key_is_not_taken()
    {
        _server.Chain = _server.Authority.Server("edge.test").ExportCertificatePem();

        Assert.Equal("ACME server pebble: the certificate is for another key", await RefusalAsync());
    }

    [Theory]
    [InlineData("", "the chain holds no certificate")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "the chain holds something else than certificates")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "the chain holds a certificate that cannot be read")]
    public async Task A_chain_that_is_none_is_not_taken(string chain, string told)
    {
        _server.Instead["certificate"] = http => FakeAcme.Text(http, chain, 200, "application/pem-certificate-chain");

        Assert.Equal($"ACME server pebble: {told}", await RefusalAsync());
    }

    [Fact]
    public async Task Terms_that_nobody_agreed_to_are_shown_and_no_account_is_made()
    {
        _server.MoreDirectory = new JsonObject { ["meta"] = new JsonObject { ["termsOfService"] = "https://acme.example.org/terms" } };
        using var source = new AcmeSource([_server.Options() with { TermsAgreed = false }], _accounts, _answers, _time);

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token));

        Assert.Contains("read https://acme.example.org/terms and set Certificates:Acme:N:TermsAgreed", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("account", _server.Asked);
    }

    [Theory]
    [InlineData("*.edge.test", "stands for many names")]
    [InlineData("a b", "is neither a host name nor an address")]
    public async Task A_name_that_cannot_be_proved_is_refused_before_the_server_hears_of_it(string name, string told)
    {
        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => _source.IssueAsync(AcmeOrders.For(name), _deadline.Token));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Asked);
    }

    Task<IssuedChain> IssueAsync() => _source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);

    async Task<string> RefusalAsync() => (await Assert.ThrowsAsync<CertificateSourceException>(IssueAsync)).Message;
}

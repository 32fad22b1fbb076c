using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Hosting;
using Gateway.Node.PublicHttp;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>With a real ACME server.</summary>
public sealed class PebbleSpec : IAsyncLifetime, IDisposable
{
    readonly PendingChallenges _challenges = new(TimeProvider.System);
    readonly HeldAccounts _accounts = new();
    readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    OwnAnswers _answers = null!;
    Pebble? _pebble;
    PublicHttpListener? _http;

    public Task InitializeAsync()
    {
        _answers = new OwnAnswers(_challenges);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_http is not null)
        {
            await _http.StopAsync(CancellationToken.None);
            await _http.DisposeAsync();
        }

        if (_pebble is not null) await _pebble.DisposeAsync();
    }

    public void Dispose() => _deadline.Dispose();

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_certificate_is_issued_by_http_01_for_all_its_names_and_a_key_of_its_own()
    {
        using var source = await SourceAsync(new PebbleManners());

        using var issued = await source.IssueAsync(AcmeOrders.For("edge.test", "Other.test", "127.0.0.1"), _deadline.Token);

        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
        Assert.All(["edge.test", "other.test", "127.0.0.1"], name => Assert.True(leaf.MatchesHostname(name)));
        Assert.True(HasKey(leaf, issued));
        Assert.True(await IsTrustedAsync(leaf, issued));
        Assert.Equal(3, _answers.Offered.Count);
        Assert.Equal(_answers.Offered.OrderBy(c => c.Token), _answers.Withdrawn.OrderBy(c => c.Token));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task One_account_serves_all_orders_though_every_second_nonce_is_refused()
    {
        using var source = await SourceAsync(new PebbleManners { RefusedNonces = 50 });

        using var first = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
        using var second = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);

        Assert.NotEqual(first.Certificates[0].ToArray(), second.Certificates[0].ToArray());
        Assert.NotEqual(first.PrivateKey.ToArray(), second.PrivateKey.ToArray());
        // The key before the server was told of it, the URL after.
        Assert.Equal([null, _accounts.Current!.Url], _accounts.Kept.Select(account => account.Url));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_server_that_wants_an_external_account_gets_it_and_nobody_without_is_let_in()
    {
        var manners = new PebbleManners { WantsExternalAccount = true };
        using (var without = await SourceAsync(manners))
        {
            var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => without.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token));
            Assert.Contains("ExternalAccountKeyFile", refused.Message, StringComparison.Ordinal);
        }

        using var bound = Source(_pebble!.Options(AcmeChallengeKind.Http01, externalAccount: true));
        using var issued = await bound.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);

        Assert.NotEmpty(issued.Certificates);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task The_account_gets_a_new_key_and_the_old_one_signs_nothing_more()
    {
        using var source = await SourceAsync(new PebbleManners());
        using var before = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
        var old = _accounts.Current!;

        await source.ChangeKeyAsync("pebble", _deadline.Token);
        using var after = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);

        Assert.Equal((old.Url, null), (_accounts.Current!.Url, _accounts.Current.NextKey));
        Assert.NotEqual(old.Key, _accounts.Current.Key);
        _accounts.Current = old;
        await Assert.ThrowsAsync<CertificateSourceException>(() => source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token));
    }

    [RequiresTheory("pebble", "pebble-challtestsrv")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_change_of_keys_is_settled_by_what_the_server_knows(bool wasTold)
    {
        using var source = await SourceAsync(new PebbleManners());
        using var before = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
        await source.ChangeKeyAsync("pebble", _deadline.Token);
        var interrupted = _accounts.Kept.Single(account => account.NextKey is not null);
        using var unknown = AcmeAccountKey.Create();
        _accounts.Current = wasTold ? interrupted : _accounts.Current! with { NextKey = unknown.ExportPem() };

        using var after = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);

        Assert.Null(_accounts.Current.NextKey);
        Assert.NotEqual(interrupted.Key, _accounts.Current.Key);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_revoked_certificate_is_revoked_at_the_server()
    {
        using var source = await SourceAsync(new PebbleManners());
        using var issued = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);

        await source.RevokeAsync("pebble", issued.Certificates[0], reason: 4, _deadline.Token);

        Assert.Equal("Revoked", await _pebble!.StatusOfAsync(leaf));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task What_the_server_refuses_is_told_in_its_words()
    {
        using var source = await SourceAsync(new PebbleManners());

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => source.IssueAsync(AcmeOrders.For("blocked.test"), _deadline.Token));

        Assert.Contains("rejectedIdentifier", refused.Message, StringComparison.Ordinal);
        Assert.Contains("blocked.test", refused.Message, StringComparison.Ordinal);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_name_that_cannot_be_validated_is_told_with_the_servers_reason()
    {
        using var source = await SourceAsync(new PebbleManners());
        await _http!.StopAsync(CancellationToken.None);

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token));

        Assert.StartsWith("ACME server pebble: edge.test could not be validated by http-01 (", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(_answers.Withdrawn);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_server_that_lost_its_accounts_gets_this_one_again()
    {
        using var source = await SourceAsync(new PebbleManners());
        using var before = await source.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token);
        var key = _accounts.Current!.Key;
        await using var another = await Pebble.StartAsync(new PebbleManners());
        // The address is the old one's for all that the gateway knows.
        _accounts.Current = _accounts.Current with { Directory = another.Directory, Url = _accounts.Current.Url!.Replace(new Uri(_pebble!.Directory).Authority, new Uri(another.Directory).Authority, StringComparison.Ordinal) };
        using var again = Source(another.Options(AcmeChallengeKind.Http01));

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => again.IssueAsync(AcmeOrders.For("edge.test"), _deadline.Token));

        // The other one validates elsewhere, but it knows the account.
        Assert.Contains("could not be validated", refused.Message, StringComparison.Ordinal);
        Assert.Equal(key, _accounts.Current.Key);
    }

    async Task<AcmeSource> SourceAsync(PebbleManners manners)
    {
        _pebble = await Pebble.StartAsync(manners);
        _http = new PublicHttpListener(
            new CertificateOptions { HttpAddress = "127.0.0.1", HttpPort = _pebble.HttpPort }, _challenges, NullLoggerFactory.Instance);
        await _http.StartAsync(CancellationToken.None);
        return Source(_pebble.Options(AcmeChallengeKind.Http01));
    }

    AcmeSource Source(AcmeOptions options) => new([options], _accounts, _answers, TimeProvider.System);

    async Task<bool> IsTrustedAsync(X509Certificate2 leaf, IssuedChain issued)
    {
        using var root = await _pebble!.RootAsync();
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { root } },
        };
        foreach (var der in issued.Certificates.Skip(1)) chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(der.Span));
        return chain.Build(leaf);
    }

    static bool HasKey(X509Certificate2 leaf, IssuedChain issued)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(issued.PrivateKey, out _);
        return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(leaf.PublicKey.ExportSubjectPublicKeyInfo());
    }
}

using System.Diagnostics.CodeAnalysis;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Certificates.Acme;

/// <summary>The account at a real ACME server.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The runner disposes of a spec by DisposeAsync.")]
public sealed class PebbleAccountSpec : IAsyncLifetime
{
    PebbleBench _bench = null!;

    public Task InitializeAsync()
    {
        _bench = new PebbleBench();
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _bench.DisposeAsync().AsTask();

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task One_account_serves_all_orders_though_every_second_nonce_is_refused()
    {
        using var source = await _bench.StartAsync(new PebbleManners { RefusedNonces = 50 });

        using var first = await _bench.IssueAsync(source);
        using var second = await _bench.IssueAsync(source);

        Assert.NotEqual(first.Certificates[0].ToArray(), second.Certificates[0].ToArray());
        Assert.NotEqual(first.PrivateKey.ToArray(), second.PrivateKey.ToArray());
        // The key before the server was told of it, the URL after.
        Assert.Equal([null, _bench.Accounts.Current!.Url], _bench.Accounts.Kept.Select(account => account.Url));
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_server_that_wants_an_external_account_gets_it_and_nobody_without_is_let_in()
    {
        var manners = new PebbleManners { WantsExternalAccount = true };
        using (var without = await _bench.StartAsync(manners))
        {
            var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => _bench.IssueAsync(without));
            Assert.Contains("ExternalAccountKeyFile", refused.Message, StringComparison.Ordinal);
        }

        using var bound = _bench.Source(_bench.Pebble.Options(AcmeChallengeKind.Http01, externalAccount: true));
        using var issued = await _bench.IssueAsync(bound);

        Assert.NotEmpty(issued.Certificates);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task The_account_gets_a_new_key_and_the_old_one_signs_nothing_more()
    {
        using var source = await _bench.StartAsync();
        using var before = await _bench.IssueAsync(source);
        var old = _bench.Accounts.Current!;

        await source.ChangeKeyAsync("pebble", _bench.Deadline);
        using var after = await _bench.IssueAsync(source);

        Assert.Equal((old.Url, null), (_bench.Accounts.Current!.Url, _bench.Accounts.Current.NextKey));
        Assert.NotEqual(old.Key, _bench.Accounts.Current.Key);
        _bench.Accounts.Current = old;
        await Assert.ThrowsAsync<CertificateSourceException>(() => _bench.IssueAsync(source));
    }

    [RequiresTheory("pebble", "pebble-challtestsrv")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_change_of_keys_is_settled_by_what_the_server_knows(bool wasTold)
    {
        using var source = await _bench.StartAsync();
        using var before = await _bench.IssueAsync(source);
        await source.ChangeKeyAsync("pebble", _bench.Deadline);
        var interrupted = _bench.Accounts.Kept.Single(account => account.NextKey is not null);
        using var unknown = AcmeAccountKey.Create();
        _bench.Accounts.Current = wasTold ? interrupted : _bench.Accounts.Current! with { NextKey = unknown.ExportPem() };

        using var after = await _bench.IssueAsync(source);

        Assert.Null(_bench.Accounts.Current.NextKey);
        Assert.NotEqual(interrupted.Key, _bench.Accounts.Current.Key);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_new_key_that_another_node_dropped_while_the_server_took_it_is_not_lost()
    {
        using var source = await _bench.StartAsync();
        using var before = await _bench.IssueAsync(source);
        var old = _bench.Accounts.Current!;
        _bench.Accounts.IsLate = account => account.Key != old.Key;

        await source.ChangeKeyAsync("pebble", _bench.Deadline);
        Assert.NotNull(_bench.Accounts.Current!.NextKey);
        _bench.Accounts.IsLate = static _ => false;
        using var after = await _bench.IssueAsync(source);

        Assert.Equal((old.Url, null), (_bench.Accounts.Current!.Url, _bench.Accounts.Current.NextKey));
        Assert.NotEqual(old.Key, _bench.Accounts.Current.Key);
    }

    [RequiresFact("pebble", "pebble-challtestsrv")]
    public async Task A_server_that_lost_its_accounts_gets_this_one_again()
    {
        using var source = await _bench.StartAsync();
        using var before = await _bench.IssueAsync(source);
        var key = _bench.Accounts.Current!.Key;
        await using var another = await Pebble.StartAsync(new PebbleManners());
        // The address is the old one's for all that the gateway knows.
        var (here, there) = (new Uri(_bench.Pebble.Directory).Authority, new Uri(another.Directory).Authority);
        var moved = _bench.Accounts.Current.Url!.Replace(here, there, StringComparison.Ordinal);
        _bench.Accounts.Current = _bench.Accounts.Current with { Directory = another.Directory, Url = moved };
        using var again = _bench.Source(another.Options(AcmeChallengeKind.Http01));

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => _bench.IssueAsync(again));

        // The other one validates elsewhere, but it knows the account.
        Assert.Contains("could not be validated", refused.Message, StringComparison.Ordinal);
        Assert.Equal(key, _bench.Accounts.Current.Key);
    }
}

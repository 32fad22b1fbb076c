using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Registry;

public sealed class RegistryDecisionsSpec
{
    static readonly byte[] s_keys = [1, 2, 3];

    static readonly RegistrySnapshot s_full = SampleRegistry.All.Where(e => e is ConnectionPut or SecretPut or AccessGranted or Revoked)
        .Aggregate(RegistrySnapshot.Empty, (so, e) => so.With(e, so.Revision + 1));

    public static TheoryData<string, RegistryEvent> Impossible => new()
    {
        { "no name", SampleRegistry.Of<ConnectionPut>() with { Name = "Über" } },
        { "no name", SampleRegistry.Of<SecretPut>() with { Name = "" } },
        { "larger than", SampleRegistry.Of<ConnectionPut>() with { Document = new string('x', EventLimits.Document + 1) } },
        { "no registered connection", SampleRegistry.Of<ConnectionRemoved>() with { Name = "other" } },
        { "no secret", SampleRegistry.Of<SecretRemoved>() with { Name = "other" } },
        { "ends before it begins", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Until = SampleRegistry.At } },
        { "an id of its own", SampleRegistry.Of<AccessGranted>() },
        { "one line", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Reason = "a\nb" } },
        { "one line", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Reason = "" } },
        { "subject", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Subject = "" } },
        { "names no connection", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Labels = [] } },
        { "names no connection", SampleRegistry.Of<AccessGranted>() with { GrantId = "2", Connection = "" } },
        { "no grant", SampleRegistry.Of<AccessWithdrawn>() with { GrantId = "2" } },
        { "ends before it begins", SampleRegistry.Of<Revoked>() with { Until = SampleRegistry.At - 1 } },
        { "one line", SampleRegistry.Of<Revoked>() with { Value = new string('x', RegistryDecisions.LongestValue + 1) } },
        { "is not revoked", SampleRegistry.Of<RevocationLifted>() },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void What_cannot_be_is_refused_with_one_sentence_and_a_remedy(string expected, RegistryEvent e)
    {
        var answer = RegistryDecisions.Judge(s_full, e);

        Assert.False(answer.IsDone);
        Assert.Contains(expected, answer.Detail, StringComparison.Ordinal);
    }

    /// <summary>A node that thinks a change of keys was interrupted would otherwise bring the old key back after the server forgot it.</summary>
    [Fact]
    public void An_accounts_key_is_followed_by_itself_or_by_the_one_that_was_kept_as_the_next()
    {
        var changing = SampleRegistry.Of<AcmeAccountKept>() with { SealedKey = new byte[] { 1 }, SealedNextKey = new byte[] { 2 } };
        AcmeAccountKept With(byte key) => changing with { SealedKey = new[] { key }, SealedNextKey = ReadOnlyMemory<byte>.Empty };
        var before = RegistrySnapshot.Empty.With(changing, 1);
        var after = before.With(With(2), 2);

        Assert.Equal(
            [RegistryOutcome.Done, RegistryOutcome.Done, RegistryOutcome.Outdated],
            s_keys.Select(key => RegistryDecisions.Judge(before, With(key)).Outcome));
        Assert.Equal(RegistryOutcome.Outdated, RegistryDecisions.Judge(after, With(1)).Outcome);
        // An account at another server begins anew.
        Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(after, With(3) with { Directory = "https://elsewhere.example.org/dir" }).Outcome);
    }

    [Fact]
    public void The_same_again_changes_nothing()
    {
        Assert.Equal(RegistryOutcome.Unchanged, RegistryDecisions.Judge(s_full, SampleRegistry.Of<ConnectionPut>()).Outcome);
        Assert.Equal(RegistryOutcome.Unchanged, RegistryDecisions.Judge(s_full, SampleRegistry.Of<Revoked>()).Outcome);
        Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(s_full, SampleRegistry.Of<Revoked>() with { Until = null }).Outcome);
        Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(s_full, SampleRegistry.Of<ConnectionPut>() with { Document = "other" }).Outcome);
    }

    [Fact]
    public void What_is_removed_withdrawn_or_lifted_is_gone()
    {
        var lifted = SampleRegistry.Of<RevocationLifted>() with { Kind = RevocationKind.Token, Value = "jti-1", ValueIssuer = null };
        RegistryEvent[] gone = [SampleRegistry.Of<ConnectionRemoved>(), SampleRegistry.Of<SecretRemoved>(), SampleRegistry.Of<AccessWithdrawn>(), lifted];

        var after = gone.Aggregate(s_full, (so, e) => so.With(e, so.Revision + 1));

        Assert.Empty(after.Connections);
        Assert.Empty(after.Secrets);
        Assert.Empty(after.Grants);
        Assert.Empty(after.Revocations);
        Assert.Equal(5, after.ConnectionsRevision);
    }

    [Fact]
    public void What_expired_long_ago_is_forgotten_when_the_next_of_its_kind_comes()
    {
        var later = SampleRegistry.Act with { At = SampleRegistry.At + 26 * SampleRegistry.Hour };

        var after = s_full
            .With(SampleRegistry.Of<AccessGranted>() with { Act = later, GrantId = "2", Until = later.At + 1 }, 5)
            .With(SampleRegistry.Of<Revoked>() with { Act = later, Value = "jti-2", Until = null }, 6);

        Assert.Equal(["2"], after.Grants.Keys);
        Assert.Equal(["jti-2"], after.Revocations.Keys.Select(k => k.Value));
    }

    [Fact]
    public void A_full_registry_takes_no_more()
    {
        var full = Enumerable.Range(0, RegistryDecisions.MostConnections)
            .Aggregate(RegistrySnapshot.Empty, (so, i) => so.With(SampleRegistry.Of<ConnectionPut>() with { Name = $"c{i}" }, so.Revision + 1));

        Assert.Equal(RegistryOutcome.Full, RegistryDecisions.Judge(full, SampleRegistry.Of<ConnectionPut>()).Outcome);
        Assert.Equal(RegistryOutcome.Done, RegistryDecisions.Judge(full, SampleRegistry.Of<ConnectionPut>() with { Name = "c7", Document = "new" }).Outcome);
    }
}

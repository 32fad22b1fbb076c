using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Authorize;

public sealed class SessionAccessSpec : IDisposable
{
    readonly GrantBench _bench = new();
    readonly LocalAccessFacts _facts = new();
    readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_revocation_after_the_grant_is_seen_by_the_next_judgement()
    {
        var access = new SessionAccess(await SubjectAsync(), _facts, _time);
        Assert.True(access.Judge().IsGranted);

        _facts.Set(new AccessFacts([], [Revoked("anna")]));

        Assert.Equal(Refusal.IdentityRevoked, access.Judge().Refusal);
    }

    [Fact]
    public async Task What_is_not_granted_any_more_is_called_ended_and_what_never_was_not_granted()
    {
        var access = new SessionAccess(await SubjectAsync(), _facts, _time);
        var stranger = new SessionAccess(await SubjectAsync("bea"), _facts, _time);
        _facts.Set(new AccessFacts([Granted("bea")], []));
        var guest = new SessionAccess(await SubjectAsync("bea"), _facts, _time);
        Assert.True(access.Judge().IsGranted && guest.Judge().IsGranted);

        _facts.Set(AccessFacts.None);

        Assert.Equal((Refusal.AccessEnded, Refusal.NotGranted, true), (guest.Judge().Refusal, stranger.Judge().Refusal, access.Judge().IsGranted));
    }

    [Fact]
    public async Task Policies_that_change_are_for_sessions_that_begin_and_those_that_run_keep_theirs()
    {
        var running = new SessionAccess(await SubjectAsync(), _facts, _time);
        Assert.True(running.Judge().IsGranted);

        var nobody = new PolicyProfile { Name = "closed", Labels = new Dictionary<string, string>(), Rules = [new AccessRule { Effect = AccessEffect.Deny }] };
        _facts.Set(new AccessFacts([], [], [nobody]));
        var late = new SessionAccess(await SubjectAsync(), _facts, _time);

        Assert.Equal((true, Refusal.NotGranted), (running.Judge().IsGranted, late.Judge().Refusal));
        _facts.Set(new AccessFacts([], [Revoked("anna")], [nobody]));
        Assert.Equal(Refusal.IdentityRevoked, running.Judge().Refusal);
    }

    [Fact]
    public async Task A_longer_grant_moves_the_end_and_tells_so()
    {
        _facts.Set(new AccessFacts([Granted("bea")], []));
        var access = new SessionAccess(await SubjectAsync("bea"), _facts, _time);
        var end = access.Judge().Value.Expires;
        var told = 0;
        access.OnChange(() => told++);

        _facts.Set(new AccessFacts([Granted("bea"), Granted("bea") with { Id = "g2", Until = end!.Value.AddHours(1) }], []));
        access.Judge();

        Assert.Equal((end.Value.AddHours(1), 2), (access.Grant!.Expires!.Value, told));
    }

    [Fact]
    public async Task Only_the_same_subject_renews_a_session_and_a_refused_proof_changes_nothing()
    {
        var access = new SessionAccess(await SubjectAsync(), _facts, _time);
        var before = access.Judge().Value;

        var other = access.Renew(await SubjectAsync("bea"));
        _facts.Set(new AccessFacts([], [Revoked("anna")]));
        var revoked = access.Renew(await SubjectAsync());
        _facts.Set(AccessFacts.None);
        var same = access.Renew(await SubjectAsync());

        Assert.Equal((Refusal.IdentityChanged, Refusal.IdentityRevoked, true), (other.Refusal, revoked.Refusal, same.IsGranted));
        Assert.NotSame(before, access.Grant);
    }

    Task<Subject> SubjectAsync(string name = "anna") => _bench.SubjectAsync(TestProfiles.Upstream(0, []), name);

    TemporaryGrant Granted(string subject) => new()
    {
        Id = "g1",
        Subject = subject,
        Connection = "spec",
        From = _time.GetUtcNow(),
        Until = _time.GetUtcNow().AddMinutes(5),
        Reason = "on call",
        GrantedBy = "otto (corp)",
    };

    Revocation Revoked(string subject) =>
        new() { Kind = RevocationKind.Subject, Value = subject, At = _time.GetUtcNow(), Reason = "left", RevokedBy = "otto (corp)" };
}

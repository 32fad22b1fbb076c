using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Gateway.Actors.Protocol;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// What conversations have to know of their upstream before their client has logged in. The gateway asks for itself, with its own login, at most
/// once at a time for each connection, and believes the answer for a while: however many strangers knock, the upstream sees one question.
/// Safe for use from several threads.
/// </summary>
public sealed class UpstreamSurveys(UpstreamDialer dialer, UpstreamSecrets secrets, TimeProvider time, TimeSpan limit)
{
    /// <summary>How long an answer is believed. Origin: clients themselves ask for metadata every 5 minutes, and at once when something moved.</summary>
    static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(30);

    /// <summary>By the profile itself: a connection that was changed is another, and one that is gone is forgotten.</summary>
    readonly ConditionalWeakTable<ConnectionProfile, SharedAnswer<Surveyed>> _surveys = [];

    /// <summary>What was learnt last, some of which stays true.</summary>
    readonly ConditionalWeakTable<ConnectionProfile, UpstreamFacts> _known = [];

    /// <summary>What is known of the connection's upstream, asked if need be; null where its protocol has nothing to ask.</summary>
    public async Task<Verdict<Surveyed>> OfAsync(ConnectionProfile profile, CancellationToken cancel)
    {
        if (profile.Protocol.Survey is not { } begin) return Surveyed.Nothing;
        try
        {
            return await _surveys.GetOrCreateValue(profile).CurrentAsync(time, () => AskAsync(profile, begin)).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.UpstreamTooSlow, "the upstream did not say in time what it can do");
        }
    }

    async Task<(Verdict<Surveyed> Answer, TimeSpan Believed)> AskAsync(ConnectionProfile profile, Func<Limits, UpstreamFacts?, IUpstreamSurvey> begin)
    {
        var answer = await AskAsync(profile, begin(Limits.Default, _known.TryGetValue(profile, out var known) ? known : null)).ConfigureAwait(false);
        if (answer is { IsGranted: true, Value.Facts: { } facts }) _known.AddOrUpdate(profile, facts);
        return (answer, answer.IsGranted ? s_fresh : SharedAnswer<Surveyed>.Failed);
    }

    async Task<Verdict<Surveyed>> AskAsync(ConnectionProfile profile, IUpstreamSurvey survey)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        var credentials = await secrets.ReadAsync(profile.Upstream.Login, deadline.Token).ConfigureAwait(false);
        if (!credentials.IsGranted) return new Refused(credentials.Refusal, credentials.Detail);
        var dialled = await dialer.DialAsync(profile.Upstream, time, static () => { }, deadline.Token).ConfigureAwait(false);
        if (!dialled.IsGranted) return new Refused(dialled.Refusal, dialled.Detail);
        using var upstream = dialled.Value;
        var login = await GatewayLogin.RunAsync(survey, upstream.Stream, credentials.Value, deadline.Token).ConfigureAwait(false);
        if (login.IsGranted) login.Value.Rest?.Return();
        return login.IsGranted ? new Surveyed(survey.Facts) : new Refused(login.Refusal, login.Detail);
    }
}

/// <summary>What is known of an upstream.</summary>
public sealed record Surveyed(UpstreamFacts? Facts)
{
    public static readonly Surveyed Nothing = new((UpstreamFacts?)null);
}

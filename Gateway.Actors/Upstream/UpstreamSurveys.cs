using System.Collections.Concurrent;
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

    /// <summary>How long a failure is. Origin: shorter than any client waits before it tries again and again.</summary>
    static readonly TimeSpan s_failed = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Survey> _surveys = new(StringComparer.Ordinal);

    /// <summary>What is known of the connection's upstream, asked if need be; null where its protocol has nothing to ask.</summary>
    public async Task<Verdict<Surveyed>> OfAsync(ConnectionProfile profile, CancellationToken cancel)
    {
        if (profile.Protocol.Survey is not { } begin) return Surveyed.Nothing;
        var survey = _surveys.AddOrUpdate(
            profile.Name,
            _ => Begin(profile, begin),
            (_, known) => ReferenceEquals(known.Profile, profile) && !known.IsStale ? known : Begin(profile, begin));
        if (!survey.Answer.IsValueCreated) Forget();
        try
        {
            return await survey.Answer.Value.WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.UpstreamTooSlow, "the upstream did not say in time what it can do");
        }
    }

    Survey Begin(ConnectionProfile profile, Func<Limits, IUpstreamSurvey> begin) => new(profile, () => AskAsync(profile, begin(Limits.Default)), time);

    // Whatever else is stale, so that a connection that is gone is not remembered for ever.
    void Forget()
    {
        foreach (var known in _surveys)
            if (known.Value.IsStale) _surveys.TryRemove(known);
    }

    async Task<Verdict<Surveyed>> AskAsync(ConnectionProfile profile, IUpstreamSurvey survey)
    {
        // Whoever asked first may leave; others wait for the same answer.
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

    /// <summary>A question to an upstream, asked once, when the first wants its answer.</summary>
    sealed class Survey
    {
        readonly TimeProvider _time;
        long _answeredAt;

        public Survey(ConnectionProfile profile, Func<Task<Verdict<Surveyed>>> ask, TimeProvider time)
        {
            (Profile, _time) = (profile, time);
            Answer = new(() => AskAsync(ask));
        }

        public ConnectionProfile Profile { get; }

        public Lazy<Task<Verdict<Surveyed>>> Answer { get; }

        /// <summary>False while there is no answer yet.</summary>
        public bool IsStale
        {
            get
            {
                if (!Answer.IsValueCreated || Answer.Value is not { IsCompleted: true } done) return false;
                // It is completed: nothing waits here.
                var isGood = done.IsCompletedSuccessfully && done.GetAwaiter().GetResult().IsGranted;
                return _time.GetElapsedTime(_answeredAt) > (isGood ? s_fresh : s_failed);
            }
        }

        async Task<Verdict<Surveyed>> AskAsync(Func<Task<Verdict<Surveyed>>> ask)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            finally
            {
                _answeredAt = _time.GetTimestamp();
            }
        }
    }
}

/// <summary>What is known of an upstream.</summary>
public sealed record Surveyed(UpstreamFacts? Facts)
{
    public static readonly Surveyed Nothing = new((UpstreamFacts?)null);
}

using System.Buffers;
using Gateway.Actors.Connections;
using Gateway.Actors.Protocol;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>The steps to an upstream, in their order.</summary>
public enum ProbeStep
{
    /// <summary>Its password can be had.</summary>
    Secret,

    /// <summary>Its port answers.</summary>
    Dial,

    /// <summary>It proves to be the upstream that is meant.</summary>
    Tls,

    /// <summary>It takes the gateway's login.</summary>
    Login,
}

/// <summary>What became of a step. <paramref name="Refusal"/> is <see cref="Refusal.None"/> when it went well; the detail never holds a secret.</summary>
public sealed record ProbedStep(ProbeStep Step, Refusal Refusal, string Detail);

/// <summary>
/// Goes all the way to a connection's upstream as a session would, on an operator's order and for no client: reads the password, dials, verifies
/// TLS, logs in, and hangs up. A step that fails is the last one.
/// </summary>
public sealed class UpstreamProbe(UpstreamDialer dialer, UpstreamSecrets secrets, TimeProvider time, TimeSpan limit)
{
    public async Task<IReadOnlyList<ProbedStep>> RunAsync(ConnectionProfile profile, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        var steps = new List<ProbedStep>();
        var credentials = await secrets.ReadAsync(profile.Upstream.Login, either.Token).ConfigureAwait(false);
        if (!credentials.IsGranted) return [new(ProbeStep.Secret, credentials.Refusal, credentials.Detail)];
        if (profile.Upstream.Login != UpstreamLogin.None) steps.Add(new(ProbeStep.Secret, Refusal.None, "the login can be read"));

        var dialled = await dialer.DialAsync(profile.Upstream, time, () => steps.Add(Went(ProbeStep.Dial, profile.Upstream)), either.Token).ConfigureAwait(false);
        if (!dialled.IsGranted)
            return [.. steps, new(steps.Exists(s => s.Step == ProbeStep.Dial) ? ProbeStep.Tls : ProbeStep.Dial, dialled.Refusal, dialled.Detail)];
        using var upstream = dialled.Value;
        steps.Add(new(ProbeStep.Tls, Refusal.None, upstream.Leg is { } leg ? $"{leg.Version}, {leg.Suite}" : "none: the connection allows plaintext"));
        if (profile.Protocol.HasLogin) steps.Add(await LogInAsync(profile, upstream.Stream, credentials.Value, either.Token).ConfigureAwait(false));
        return steps;
    }

    async Task<ProbedStep> LogInAsync(ConnectionProfile profile, Stream upstream, UpstreamCredentials credentials, CancellationToken cancel)
    {
        var login = await GatewayLogin.RunAsync(Login(profile.Protocol), upstream, credentials, cancel).ConfigureAwait(false);
        return login.IsGranted
            ? new(ProbeStep.Login, Refusal.None, profile.Upstream.Login.UserName is { } name ? $"as {name}" : "without a name")
            : new(ProbeStep.Login, login.Refusal, login.Detail);
    }

    // What the upstream is asked anyhow, or what a client's login leads to.
    static IUpstreamLogin Login(ProtocolEntry protocol)
    {
        if (protocol.Survey is { } survey) return survey(Limits.Default, null);
        var conversation = protocol.Begin(Limits.Default);
        var nobody = new ArrayBufferWriter<byte>();
        if (conversation.ReadLogin(protocol.ProbeLogin.Span, nobody).Proof is null)
            throw new InvalidOperationException($"The probe's login in protocol {protocol.Name} is none.");
        conversation.Admit(OperationRules.Everything, nobody, nobody);
        return conversation;
    }

    static ProbedStep Went(ProbeStep step, UpstreamTarget target) => new(step, Refusal.None, $"{target.Host}:{target.Port} answers");
}

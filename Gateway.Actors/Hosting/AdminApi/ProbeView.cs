using Gateway.Actors.Upstream;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>How far a node came towards a connection's upstream. <paramref name="Ok"/>: all the way.</summary>
public sealed record ProbeView(string Connection, string Node, bool Ok, IReadOnlyList<ProbeStepView> Steps)
{
    public static ProbeView Of(string connection, string node, IReadOnlyList<ProbedStep> steps) =>
        new(connection, node, steps.All(s => s.Refusal == Refusal.None), [.. steps.Select(ProbeStepView.Of)]);
}

/// <summary>
/// <paramref name="Step"/> is <c>secret</c>, <c>dial</c>, <c>tls</c> or <c>login</c>; <paramref name="Refusal"/> is the word for why it failed, null
/// when it did not.
/// </summary>
public sealed record ProbeStepView(string Step, string? Refusal, string Detail)
{
    public static ProbeStepView Of(ProbedStep step) => new(
        step.Step.ToString().ToLowerInvariant(), step.Refusal == Protocols.Refusal.None ? null : step.Refusal.Word(), step.Detail);
}

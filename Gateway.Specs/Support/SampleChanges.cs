using Gateway.Actors;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>Plans changes as a node does whose issuer is "main", over a registry that is only held.</summary>
sealed class SampleChanges(HeldRegistry registry) : IConnectionChanges
{
    static readonly GatewayOptions s_options = new() { Issuers = [new IssuerOptions { Name = "main" }] };

    public async Task<ChangeResult> ApplyAsync(ApplyOrder order, Act act, CancellationToken cancel)
    {
        var loaded = RegisteredConnections.Read(s_options, order.Documents, order.Name, order.Files);
        var plan = loaded.Faults.Count > 0
            ? new ConnectionsPlan([], loaded.Faults)
            : Whole(
                ConnectionsPlan.Of(registry.Current, loaded, order.Mode, order.Prune, [], []), CertificatesPlan.Of(registry.Current, loaded, order.Mode, _ => null),
                PoliciesPlan.Of(registry.Current, loaded, order.Mode));
        if (plan.Faults.Count > 0) return new(new(RegistryOutcome.Invalid, registry.Current.Revision, "faults"), [], plan.Faults, 0);
        return await DoAsync(plan, order.DryRun, act, cancel);
    }

    public Task<ChangeResult> RemoveAsync(string name, long? revision, bool terminate, Act act, CancellationToken cancel) =>
        registry.Current.Connections.TryGetValue(name, out var known)
            ? DoAsync(new([new(name, known.Document, null)], []), dryRun: false, act, cancel)
            : Task.FromResult(new ChangeResult(new(RegistryOutcome.NotFound, 0, "none"), [], [], 0));

    public Task<ChangeResult> RemovePolicyAsync(string name, bool terminate, Act act, CancellationToken cancel) =>
        registry.Current.Policies.TryGetValue(name, out var known)
            ? DoAsync(new([new(name, known.Document, null) { Kind = DocumentKind.Policy }], []), dryRun: false, act, cancel)
            : Task.FromResult(new ChangeResult(new(RegistryOutcome.NotFound, 0, "none"), [], [], 0));

    static ConnectionsPlan Whole(ConnectionsPlan plan, params (IReadOnlyList<ConnectionChange> Changes, IReadOnlyList<ConfigurationFault> Faults)[] others) =>
        new([.. others.SelectMany(other => other.Changes), .. plan.Changes], [.. others.SelectMany(other => other.Faults), .. plan.Faults]);

    async Task<ChangeResult> DoAsync(ConnectionsPlan plan, bool dryRun, Act act, CancellationToken cancel)
    {
        var events = plan.Events(act);
        var answer = events.Count == 0 || dryRun
            ? new RegistryAnswer(RegistryOutcome.Unchanged, registry.Current.Revision, "")
            : await registry.ChangeAsync(events, null, cancel);
        return new(answer, plan.Changes, [], 0);
    }
}

/// <summary>The acts of a held registry.</summary>
sealed class HeldAudit(HeldRegistry registry) : IAuditRecord
{
    public Task<AuditedActs> ReadAsync(AuditFilter filter, CancellationToken cancel)
    {
        var acts = registry.Acts.Select((e, i) => new AuditedAct(i + 1, e)).Where(a => filter.Matches(a.Event));
        return Task.FromResult(new AuditedActs([.. acts.TakeLast(filter.Most)], registry.Acts.Count, new byte[32]));
    }
}

/// <summary>Has no secret.</summary>
sealed class RefusingSecrets : IRegisteredSecrets
{
    public Verdict<string> Open(string name) => new Refused(Refusal.UpstreamSecretUnavailable, $"there is no registered secret {name}");
}

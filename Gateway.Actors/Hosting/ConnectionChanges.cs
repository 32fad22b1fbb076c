using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Decides on this node, with its files and issuers, and has the registry's writer do it if nobody else has changed connections meanwhile; else
/// decides anew.
/// </summary>
sealed class ConnectionChanges(
    GatewayOptions options, NodeConnections connections, CertificateStore certificates, IRegistry registry, IRegistryCommands commands, ISessionArchive archive,
    ISessionCommands sessions) : IConnectionChanges
{
    /// <summary>Operators that change connections in the same second are few.</summary>
    const int MostAttempts = 5;

    const int TerminatedAtOnce = 32;

    public async Task<ChangeResult> ApplyAsync(ApplyOrder order, Act act, CancellationToken cancel)
    {
        var loaded = RegisteredConnections.Read(options, order.Documents, order.Name, order.Files);
        if (loaded.Faults.Count > 0) return Faulty(loaded.Faults);
        if (order.Only is { } only && (loaded.Profiles.Count != 1 || loaded.Profiles[0].Name != only.Name || loaded.Certificates.Count + loaded.Policies.Count > 0))
            return Faulty([new(order.Name, null, $"is not the one document of connection {only.Name}", "send that document alone")]);
        return await DecideAsync(snapshot => Plan(snapshot, loaded, order), order.DryRun, order.Terminate, act, cancel);
    }

    public Task<ChangeResult> RemoveAsync(string name, long? revision, bool terminate, Act act, CancellationToken cancel) => DecideAsync(
        snapshot => snapshot.Connections.TryGetValue(name, out var known)
            ? AtRevision(known, revision) ?? new Decision(new ConnectionsPlan([new(name, known.Document, null)], []), null)
            : new Decision(null, new(RegistryOutcome.NotFound, snapshot.Revision, NoSuch(name))),
        dryRun: false, terminate, act, cancel);

    public Task<ChangeResult> RemovePolicyAsync(string name, bool terminate, Act act, CancellationToken cancel) => DecideAsync(
        snapshot => snapshot.Policies.TryGetValue(name, out var known)
            ? new Decision(new ConnectionsPlan([new(name, known.Document, null) { Kind = DocumentKind.Policy }], []), null)
            : new Decision(null, new(RegistryOutcome.NotFound, snapshot.Revision, $"There is no access policy {name}; list them with GET /v1/access/policies.")),
        dryRun: false, terminate, act, cancel);

    async Task<ChangeResult> DecideAsync(Func<RegistrySnapshot, Decision> decide, bool dryRun, bool terminate, Act act, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var snapshot = registry.Current;
            var decision = decide(snapshot);
            if (decision.Answer is { } refused) return new(refused, [], [], 0);
            var plan = decision.Plan!;
            if (plan.Faults.Count > 0) return Faulty(plan.Faults);
            var events = plan.Events(act);
            if (events.Count == 0 || dryRun) return new(new(RegistryOutcome.Unchanged, snapshot.Revision, ""), plan.Changes, [], 0);
            var answer = await commands.ChangeAsync(events, snapshot.ConnectionsRevision, cancel);
            if (answer.Outcome == RegistryOutcome.Outdated && attempt < MostAttempts) continue;
            var terminated = answer.Outcome == RegistryOutcome.Done && terminate ? await TerminateAsync(plan.Changes, act, cancel) : 0;
            return new(answer, plan.Changes, [], terminated);
        }
    }

    Decision Plan(RegistrySnapshot snapshot, LoadedConnections loaded, ApplyOrder order)
    {
        if (order.Only is { Revision: { } revision } only)
        {
            if (snapshot.Connections.GetValueOrDefault(only.Name) is not { } known)
            {
                if (revision > 0) return new(null, new(RegistryOutcome.NotFound, snapshot.Revision, NoSuch(only.Name)));
            }
            else if (AtRevision(known, revision) is { } changed)
            {
                return changed;
            }
        }

        var served = connections.Served.Where(s => s.Profile is not null)
            .SelectMany(s => s.Profile!.Listens, (s, listen) => (s.Origin, Listening: new ListeningConnection(s.Name, listen)))
            .ToLookup(s => s.Origin, s => s.Listening);
        var plan = ConnectionsPlan.Of(
            snapshot, loaded, order.Mode, order.Prune, [.. served[ConnectionOrigin.File]], [.. served[ConnectionOrigin.Registry]]);
        var (changes, faults) = CertificatesPlan.Of(
            snapshot, loaded, order.Mode, name => certificates.Held.FirstOrDefault(held => held.Name == name)?.Profile?.Use,
            options.Certificates.NodeCertificate);
        var (policies, problems) = PoliciesPlan.Of(snapshot, loaded, order.Mode);
        return new(new ConnectionsPlan([.. changes, .. policies, .. plan.Changes], [.. faults, .. problems, .. plan.Faults]), null);
    }

    // Who changes a connection says what they looked at: two operators do not overwrite each other unawares.
    static Decision? AtRevision(RegisteredConnection known, long? revision) => revision is { } at && at != known.Revision
        ? new(null, new(
            RegistryOutcome.Outdated, known.Revision,
            $"Connection {known.Name} is at revision {known.Revision}, changed by {known.By.Who}; look at it and try again with that revision."))
        : null;

    async Task<int> TerminateAsync(IReadOnlyList<ConnectionChange> changes, Act act, CancellationToken cancel)
    {
        var terminated = 0;
        foreach (var (connection, why) in changes.SelectMany(Concerned).DistinctBy(c => c.Connection))
        {
            var open = await archive.ListAsync(new SessionFilter { Open = true, Connection = connection, Most = int.MaxValue }, cancel);
            foreach (var some in open.Chunk(TerminatedAtOnce))
            {
                await Task.WhenAll(some.Select(row => sessions.EndAsync(
                    new EndSession(row.SessionId, Ending.Killed, Refusal.None, $"{act.Who} ({act.Issuer}): {why}"), cancel)));
            }

            terminated += open.Count;
        }

        return terminated;
    }

    /// <summary>The connections whose sessions began under what was changed.</summary>
    IEnumerable<(string Connection, string Why)> Concerned(ConnectionChange change) => change switch
    {
        { IsNone: true } or { Kind: DocumentKind.Certificate } => [],
        { Kind: DocumentKind.Policy } => Selected(change).Select(name => (name, $"access policy {change.Name} was {change.Word}")),
        { Before: not null } => [(change.Name, $"connection {change.Name} was {change.Word}")],
        _ => [],
    };

    IEnumerable<string> Selected(ConnectionChange change)
    {
        PolicyProfile[] policies = [.. new[] { change.Before, change.After }.OfType<string>().Select(text => RegisteredPolicies.Read(change.Name, text))];
        return connections.Served.Where(s => s.Profile is { } profile && policies.Any(policy => policy.Selects(profile))).Select(s => s.Name);
    }

    static string NoSuch(string name) => $"There is no registered connection {name}; list them with GET /v1/connections.";

    ChangeResult Faulty(IReadOnlyList<ConfigurationFault> faults) => new(
        new(RegistryOutcome.Invalid, registry.Current.Revision, "The documents have faults; correct them."), [], faults, 0);

    sealed record Decision(ConnectionsPlan? Plan, RegistryAnswer? Answer);
}

using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Identify;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Actors.Sessions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>What an admin API needs, in memory: two nodes, one connection, the sessions it is given..</summary>
sealed class SampleCluster(params SampleCluster.Recorded[] sessions)
    : ISessionArchive, ISessionCommands, IClusterView, INodeCommands, IConnections, IConnectionSurvey, ICertificateSurvey, IReadiness
{
    public const string RunningId = "node2-01JABCDEFGHJKMNPQRSTVWXYZ1";

    public const string RefusedId = "node1-01JABCDEFGHJKMNPQRSTVWXYZ2";

    readonly List<Recorded> _sessions = [.. sessions];

    public sealed record Recorded(SessionRow Row, IReadOnlyList<StoredEvent> Events);

    public List<EndSession> Ended { get; } = [];

    public int Drains { get; private set; }

    /// <summary>Makes sessions deaf: commands to them time out.</summary>
    public bool Deaf { get; set; }

    /// <summary>A node that says nothing, however long it is waited for; null: there is none.</summary>
    public string? Silent { get; init; }

    /// <summary>Over when <see cref="Silent"/> was asked.</summary>
    public TaskCompletionSource SilentIsAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? JournalProblem { get; set; }

    public IReadOnlyList<ReadinessCheck> Checks => [new("cluster", null), new("journal", JournalProblem)];

    public string OwnKey => "node1";

    public IReadOnlyList<NodeView> Nodes { get; } =
    [
        new("node1", "gateway-0", "10.0.0.11:4053", ["gateway"], "up", true),
        new("node2", "gateway-1", "10.0.0.12:4053", ["gateway"], "leaving", false),
    ];

    public IReadOnlyList<ConnectionProfile> All { get; } = [Telemetry()];

    public Task<IReadOnlyList<NodeServing>> AskAsync(string connection, CancellationToken cancel) => Task.FromResult<IReadOnlyList<NodeServing>>(
    [
        new("node1", "gateway-0", 0, "0.0.0.0:8883", null),
        new("node2", "gateway-1", 0, null, "the node does not answer"),
    ]);

    public Task<IReadOnlyList<NodeCertificateView>> AskAsync(string name, uint version, CancellationToken cancel) => Task.FromResult<IReadOnlyList<NodeCertificateView>>(
    [
        new("node1", "gateway-0", true, true, null),
        new("node2", "gateway-1", false, false, "the node does not answer"),
    ]);

    public IReadOnlyList<ServedConnection> Served => [.. All.Select(p => new ServedConnection(p.Name, ConnectionOrigin.File, 0, p, null))];

    /// <summary>An ended session, one that still runs, and one that was refused.</summary>
    public static SampleCluster OfThree(SealKey key) => new(
        new Recorded(MemoryArchive.SampleRow(ended: true), SampleSession.Recording(key, SampleSession.Key())),
        new Recorded(Running(), RunningEvents()),
        new Recorded(RefusedRow(), [new SessionRecorder(RefusedId).Append(SampleSession.Refused with { SessionId = RefusedId })]));

    public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<SessionRow>>(
            [.. _sessions.Select(s => s.Row).Where(row => Matches(filter, row)).OrderByDescending(row => row.StartedAt).Take(filter.Most)]);

    public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
        Task.FromResult(_sessions.Find(s => s.Row.SessionId == sessionId)?.Row);

    public async IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        var events = _sessions.Find(s => s.Row.SessionId == sessionId)?.Events ?? [];
        for (var i = 0; i < events.Count; i++)
            yield return new JournaledEvent(i + 1, events[i].Manifest, events[i].Bytes);
    }

    /// <summary>What sessions did, by id; those that are not named did nothing.</summary>
    public Dictionary<string, SessionOperations> Done { get; init; } = new()
    {
        [SampleSession.Id] = new(
            [
                new("publish", "sensors/42", false, SampleSession.Opened.OpenedAt + 1_000_000),
                new("subscribe", "commands/#", true, SampleSession.Opened.OpenedAt + 1_500_000),
            ],
            IsWhole: true),
        [RunningId] = SessionOperations.Unknown,
    };

    public Task<SessionOperations> OperationsAsync(string sessionId, CancellationToken cancel) =>
        Task.FromResult(Done.GetValueOrDefault(sessionId) ?? new SessionOperations([], IsWhole: true));

    bool Did(OperationQuestion question, SessionRow row)
    {
        if (!Done.TryGetValue(row.SessionId, out var operations)) return false;
        var did = operations.All.Any(one => (question.Operation ?? one.Operation) == one.Operation && (question.Topic ?? one.Resource) == one.Resource);
        return question.Perhaps ? !did && !operations.IsWhole : did;
    }

    public Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel) =>
        Task.FromResult(sessionId == SampleSession.Id ? new KeyFinding(SampleSession.Key(), null) : KeyFinding.None);

    public async Task<SessionState> ShowAsync(string sessionId, CancellationToken cancel)
    {
        if (Deaf) throw new TimeoutException();
        if (Silent is not null && _sessions.Find(s => s.Row.SessionId == sessionId)?.Row.NodeKey == Silent)
        {
            SilentIsAsked.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
        }

        return new SessionState(sessionId, SessionPhase.Streaming, "node2", 70, 7000, 2);
    }

    public Task EndAsync(EndSession command, CancellationToken cancel)
    {
        if (Deaf) throw new TimeoutException();
        Ended.Add(command);
        var at = _sessions.FindIndex(s => s.Row.SessionId == command.SessionId);
        if (_sessions[at].Row.Closing is not null) return Task.CompletedTask;
        var now = SampleSession.Closing.ClosedAt + 60_000_000;
        var closing = new SessionClosing(now, command.Ending, command.Refusal, command.Detail, 70, 7000);
        _sessions[at] = _sessions[at] with { Row = _sessions[at].Row with { Closing = closing } };
        return Task.CompletedTask;
    }

    public Task DrainAsync(CancellationToken cancel)
    {
        Drains++;
        return Task.CompletedTask;
    }

    static SessionRow Running() => MemoryArchive.SampleRow(ended: false) with
    {
        SessionId = RunningId,
        NodeKey = "node2",
        Subject = "sensor-7",
        StartedAt = SampleSession.Opened.OpenedAt + 60_000_000,
    };

    static List<StoredEvent> RunningEvents()
    {
        var recorder = new SessionRecorder(RunningId);
        var opened = SampleSession.Opened with { SessionId = RunningId, NodeKey = "node2", Subject = "sensor-7" };
        return
        [
            recorder.Append(opened),
            recorder.Append(SampleSession.Upstream),
            SampleSession.Chunk(recorder, (Direction.ToUpstream, "so far")),
        ];
    }

    static SessionRow RefusedRow() => MemoryArchive.SampleRow(ended: true) with
    {
        SessionId = RefusedId,
        Subject = null,
        StartedAt = SampleSession.Opened.OpenedAt + 120_000_000,
        Ja4 = SampleSession.Refused.Client.Offer!.Ja4,
        Closing = new SessionClosing(
            SampleSession.Opened.OpenedAt + 120_000_000, Ending.Refused, Refusal.TlsVersionTooOld, SampleSession.Refused.Detail, 0, 0),
    };

    bool Matches(SessionFilter filter, SessionRow row) =>
        (filter.Connection is null || filter.Connection == row.Connection)
        && (filter.Subject is null || filter.Subject == row.Subject)
        && (filter.Protocol is null || filter.Protocol == row.Protocol)
        && (filter.Client is null || filter.Client.Value.Prefixes is [] || filter.Client.Value.Prefixes.Any(p => row.ClientAddress.StartsWith(p, StringComparison.Ordinal)))
        && (filter.Ja4 is null || filter.Ja4.ToString() == row.Ja4)
        && (filter.Did is null || Did(filter.Did, row))
        && (filter.LeastBytes is null || row.Closing?.ToUpstreamBytes + row.Closing?.ToClientBytes >= filter.LeastBytes)
        && (filter.NodeKey is null || filter.NodeKey == row.NodeKey)
        && (filter.Refusal is null || filter.Refusal == row.Closing?.Refusal)
        && (filter.Open is null || filter.Open == row.Closing is null)
        && (filter.After is null || row.StartedAt >= filter.After)
        && (filter.Before is null || row.StartedAt < filter.Before);

    static ConnectionProfile Telemetry() => new()
    {
        Name = "telemetry",
        Protocol = new ProtocolEntry("mqtt", true, [], _ => throw new InvalidOperationException()),
        Listen = new IPEndPoint(IPAddress.Any, 8883),
        ClientTls = new ClientTls
        {
            AllowTls12 = false,
            ServerNames = ["mqtt.example.test"],
            ClientCertificate = ClientCertificateRule.Optional,
            ClientAuthorities = [],
        },
        Upstream = new UpstreamTarget
        {
            Host = "broker.internal",
            Port = 8883,
            Plaintext = false,
            AllowTls12 = true,
            ServerName = "broker.internal",
            Authorities = [],
            Login = new UpstreamLogin("gateway", new("/etc/gateway/secret-broker-password", null, null)),
        },
        Access = new AccessRules { Issuers = ["main"], Groups = ["sensors"], Subjects = [] },
        Operations = OperationRules.Everything,
        Recording = new RecordingRules { Strict = false, WindowBytes = 262_144, FlushAfter = TimeSpan.FromMilliseconds(50) },
        MaxSessions = 10_000,
        IdleTimeout = TimeSpan.FromMinutes(5),
    };
}

/// <summary>The certificate of a node that is reached as localhost; a spec may replace it.</summary>
sealed class SampleNodeCertificates(TestCertificates issuer) : INodeCertificates
{
    public SslStreamCertificateContext Current { get; private set; } = Made(issuer);

    public X509Certificate2Collection ClusterAuthorities => issuer.Authorities;

    public void Renew() => Current = Made(issuer);

    static SslStreamCertificateContext Made(TestCertificates issuer) =>
        SslStreamCertificateContext.Create(issuer.Server(), null, offline: true);
}

/// <summary>Tokens of one word: <c>auditor</c>, <c>operator</c>, <c>both</c>, <c>viewer</c>,
/// <c>neither</c>; <c>down</c> finds no issuer.</summary>
sealed class SampleTokens : ITokenVerifier
{
    public Task<Verdict<TokenIdentity>> VerifyAsync(string token, IReadOnlyCollection<string> issuers, CancellationToken cancel) =>
        Task.FromResult(issuers.Contains("main") ? Verify(token) : new Refused(Refusal.TokenIssuerUnknown, "no issuer"));

    static Verdict<TokenIdentity> Verify(string token) => token switch
    {
        "auditor" => Identity("ada", "audit"),
        "operator" => Identity("otto", "ops"),
        "both" => Identity("bob", "audit", "ops"),
        "viewer" => Identity("vera", "view"),
        "neither" => Identity("nora", "sensors"),
        "down" => new Refused(Refusal.IssuerUnavailable, "the keys of main cannot be read"),
        _ => new Refused(Refusal.TokenExpired, "exp is in the past"),
    };

    static TokenIdentity Identity(string name, params string[] groups) => new(name, "main", groups, DateTimeOffset.MaxValue);
}

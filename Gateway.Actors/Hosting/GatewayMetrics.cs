using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>
/// What a node counts, on the meter <c>Gateway</c>. Tags are connection names and closed vocabularies only, so that series stay few.
/// </summary>
public sealed class GatewayMetrics : IDisposable
{
    public const string MeterName = "Gateway";

    readonly Meter _meter;
    readonly UpDownCounter<long> _active;
    readonly Counter<long> _opened;
    readonly Counter<long> _ended;
    readonly Counter<long> _refused;
    readonly Counter<long> _bytes;
    long _recordingFailures;
    readonly Counter<long> _shed;
    readonly Counter<long> _ending;
    readonly Counter<long> _renewed;
    readonly Counter<long> _rotations;
    readonly Counter<long> _told;
    readonly Counter<long> _outletFailures;
    readonly Counter<long> _masked;
    readonly Counter<long> _logins;
    readonly long[] _anomalies = new long[Enum.GetValues<AnomalyKind>().Length];
    readonly Counter<long> _notCompared;
    readonly Counter<long> _throttledBytes;
    readonly Counter<double> _throttle;
    readonly UpDownCounter<long> _muted;
    readonly Counter<long> _tooLarge;
    readonly Counter<long> _schemas;
    readonly Counter<double> _schemaTime;

    public GatewayMetrics()
    {
        // The scope tells the meters of several nodes in one process apart; exporters do not look at it.
        _meter = new Meter(new MeterOptions(MeterName) { Scope = this });
        _active = _meter.CreateUpDownCounter<long>("gateway.sessions.active", "{session}", "Sessions that carry traffic now.");
        _opened = _meter.CreateCounter<long>("gateway.sessions.opened", "{session}", "Sessions that were granted access.");
        _ended = _meter.CreateCounter<long>("gateway.sessions.ended", "{session}", "Opened sessions that ended, by ending.");
        _refused = _meter.CreateCounter<long>("gateway.refusals", "{refusal}", "Refusals, by word and by the side that has to change something.");
        _bytes = _meter.CreateCounter<long>("gateway.relayed", "By", "Bytes relayed by ended sessions, by direction.");
        // There from the beginning: of a counter that first appears with a burst nobody sees the rate.
        _meter.CreateObservableCounter(
            "gateway.recording.failures", () => Volatile.Read(ref _recordingFailures), "{failure}", "Writes that the journal refused.");
        _shed = _meter.CreateCounter<long>("gateway.connections.shed", "{connection}", "Connections closed unread because the connection had all its sessions.");
        _ending = _meter.CreateCounter<long>("gateway.access.ending", "{session}", "Sessions whose access was about to end, by what ends it.");
        _renewed = _meter.CreateCounter<long>("gateway.access.renewed", "{session}", "Proofs of identity that clients renewed within their sessions.");
        _masked = _meter.CreateCounter<long>("gateway.masked.fields", "{field}", "Fields and finds that rules masked, by rule.");
        _logins = _meter.CreateCounter<long>("gateway.logins.refused", "{login}", "Logins refused at the admin API and by SAML, by what they brought and by word.");
        _rotations = _meter.CreateCounter<long>("gateway.certificates.rotations", "{step}", "Steps of rotations that this node coordinated, by certificate and outcome.");
        // Likewise from the beginning.
        _meter.CreateObservableCounter(
            "gateway.anomalies",
            () => Enum.GetValues<AnomalyKind>().Select(
                kind => new Measurement<long>(Volatile.Read(ref _anomalies[(int)kind]), new TagList { { "kind", kind.Word() } })),
            "{session}", "Sessions that were unlike what is usual for their subject, by in what.");
        _notCompared = _meter.CreateCounter<long>(
            "gateway.anomalies.not_compared", "{session}", "Sessions that were not compared with their subject's earlier ones, by why.");
        _throttledBytes = _meter.CreateCounter<long>("gateway.kafka.throttled", "By", "Bytes that Kafka's clients had to wait for, having gone faster than they may.");
        _throttle = _meter.CreateCounter<double>("gateway.kafka.throttle", "s", "Seconds that Kafka's clients were told to wait.");
        _muted = _meter.CreateUpDownCounter<long>("gateway.kafka.sessions.muted", "{session}", "Sessions whose client is not read now, because it has to wait.");
        _tooLarge = _meter.CreateCounter<long>("gateway.kafka.batches.refused", "{batch}", "Batches refused to Kafka's producers, being too large.");
        _schemas = _meter.CreateCounter<long>("gateway.schema.questions", "{question}", "Questions to schema registries, by how they ended.");
        _schemaTime = _meter.CreateCounter<double>("gateway.schema.question", "s", "Seconds that questions to schema registries took.");
        _told = _meter.CreateCounter<long>("gateway.events.told", "{event}", "Events that an outlet took from this node.");
        _outletFailures = _meter.CreateCounter<long>("gateway.events.failures", "{failure}", "Batches of events that an outlet did not take, or took in part.");
    }

    public void EventsTold(string outlet, int events) => _told.Add(events, new TagList { { "outlet", outlet } });

    public void OutletFailed(string outlet) => _outletFailures.Add(1, new TagList { { "outlet", outlet } });

    /// <summary>Publishes for how long events wait for each outlet. To be called once.</summary>
    /// <param name="waiting">By outlet, in seconds; 0 where it takes what it is told.</param>
    public void ObserveOutlets(Func<IEnumerable<(string Outlet, double Seconds)>> waiting) => _meter.CreateObservableGauge(
        "gateway.events.waiting",
        () => waiting().Select(one => new Measurement<double>(one.Seconds, new TagList { { "outlet", one.Outlet } })),
        "s", "Age of the oldest event that an outlet did not take from this node; 0 where it takes them.");

    public void SessionOpened(string connection)
    {
        var tags = new TagList { { "connection", connection } };
        _active.Add(1, tags);
        _opened.Add(1, tags);
    }

    /// <summary>
    /// A session is over. <paramref name="wasOpened"/> is false for one that was refused before it was counted as active.
    /// </summary>
    public void SessionEnded(string connection, Ending ending, Refusal refusal, long toUpstream, long toClient, bool wasOpened)
    {
        if (wasOpened)
        {
            _active.Add(-1, new TagList { { "connection", connection } });
            _ended.Add(1, new TagList { { "connection", connection }, { "ending", ending.Word() } });
        }

        if (refusal != Refusal.None) _refused.Add(1, RefusalTags(connection, refusal));
        AddBytes(connection, Direction.ToUpstream, toUpstream);
        AddBytes(connection, Direction.ToClient, toClient);
    }

    /// <summary>A session's access ends soon, with that refusal.</summary>
    public void AccessEnding(string connection, Refusal refusal) =>
        _ending.Add(1, new TagList { { "connection", connection }, { "refusal", refusal.Word() } });

    public void AccessRenewed(string connection) => _renewed.Add(1, new TagList { { "connection", connection } });

    /// <summary>A rule of a connection's masked that many fields.</summary>
    public void FieldsMasked(string connection, string rule, long count) =>
        _masked.Add(count, new TagList { { "connection", connection }, { "rule", rule } });

    /// <summary>A client went faster than its rates, and was told to wait.</summary>
    public void Throttled(string connection, Direction direction, long bytes, TimeSpan wait)
    {
        var tags = new TagList { { "connection", connection }, { "direction", direction.Word() } };
        _throttledBytes.Add(bytes, tags);
        _throttle.Add(wait.TotalSeconds, tags);
    }

    /// <summary>So many more clients are not read because they have to wait; or fewer, below 0.</summary>
    public void SessionsMuted(string connection, int more) => _muted.Add(more, new TagList { { "connection", connection } });

    /// <summary>A batch was too large.</summary>
    public void BatchRefused(string connection) => _tooLarge.Add(1, new TagList { { "connection", connection } });

    /// <summary>A connection's schema registry was asked for a schema.</summary>
    public void SchemaAsked(string connection, SchemaOutcome outcome, TimeSpan took)
    {
        _schemas.Add(1, new TagList { { "connection", connection }, { "outcome", outcome.ToString().ToLowerInvariant() } });
        _schemaTime.Add(took.TotalSeconds, new TagList { { "connection", connection } });
    }

    /// <summary>A client was refused that has no session and no record.</summary>
    public void Refused(string connection, Refusal refusal) => _refused.Add(1, RefusalTags(connection, refusal));

    /// <summary>Somebody was refused who wanted no connection, but the admin API or a token.</summary>
    public void LoginRefused(LoginWay way, Refusal refusal) => _logins.Add(
        1, new TagList { { "way", way.ToString().ToLowerInvariant() }, { "refusal", refusal.Word() }, { "side", refusal.GuiltySide().Word() } });

    public void RecordingFailed() => Interlocked.Increment(ref _recordingFailures);

    public void ConnectionShed(string connection) => _shed.Add(1, new TagList { { "connection", connection } });

    /// <summary>A session's record says that it differs from its subject's earlier ones.</summary>
    public void Noticed(AnomalyKind kind) => Interlocked.Increment(ref _anomalies[(int)kind]);

    /// <summary>Too many sessions wait to be compared with earlier ones for this one to be.</summary>
    public void ComparisonSkipped() => _notCompared.Add(1, new TagList { { "reason", "busy" } });

    /// <summary>The index did not answer with what a session was to be compared with.</summary>
    public void ComparisonFailed() => _notCompared.Add(1, new TagList { { "reason", "failed" } });

    /// <summary>Publishes how many recorded bytes wait for the journal. To be called once.</summary>
    public void ObserveRecording(Func<long> bytesInFlight) => _meter.CreateObservableGauge(
        "gateway.recording.in_flight", bytesInFlight, "By", "Recorded bytes that wait for the journal.");

    /// <summary>A step of a rotation was recorded.</summary>
    public void Rotated(RegistryEvent step)
    {
        var (name, outcome) = step switch
        {
            CertificateIssued e => (e.Name, "issued"),
            CertificateActivated e => (e.Name, "activated"),
            CertificateProven e => (e.Name, "proven"),
            CertificateRetired e => (e.Name, "retired"),
            RotationFailed e => (e.Name, "failed"),
            _ => ("", ""),
        };
        if (outcome.Length > 0) _rotations.Add(1, new TagList { { "certificate", name }, { "outcome", outcome } });
    }

    /// <summary>Publishes how long each managed certificate is still good as this node presents it. To be called once.</summary>
    /// <param name="remaining">By name, in seconds; 0 where nothing is presented.</param>
    public void ObserveCertificates(Func<IEnumerable<(string Name, double Seconds)>> remaining) => _meter.CreateObservableGauge(
        "gateway.certificates.remaining",
        () => remaining().Select(one => new Measurement<double>(one.Seconds, new TagList { { "certificate", one.Name } })),
        "s", "Seconds until what this node presents of each managed certificate ends; 0 when it presents nothing.");

    /// <summary>Publishes who speaks TLS. To be called once.</summary>
    public void TlsSpokenBy(string engine) => _meter.CreateObservableGauge(
        "gateway.tls.engine", () => new Measurement<long>(1, new TagList { { "engine", engine } }), null, "Who speaks TLS on this node.");

    public void Dispose() => _meter.Dispose();

    void AddBytes(string connection, Direction direction, long bytes)
    {
        if (bytes > 0) _bytes.Add(bytes, new TagList { { "connection", connection }, { "direction", direction.Word() } });
    }

    static TagList RefusalTags(string connection, Refusal refusal) =>
        new() { { "connection", connection }, { "refusal", refusal.Word() }, { "side", refusal.GuiltySide().Word() } };
}

/// <summary>What somebody brings who logs in elsewhere than at a connection.</summary>
public enum LoginWay
{
    /// <summary>A token, at the admin API.</summary>
    Token,

    /// <summary>A client certificate, at the admin API.</summary>
    Certificate,

    /// <summary>A SAML provider's answer, or the code that was given for one.</summary>
    Saml,
}

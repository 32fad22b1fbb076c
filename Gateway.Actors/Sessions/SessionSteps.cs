using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Accept;
using Gateway.Actors.Authorize;
using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Actors.Legs;
using Gateway.Actors.Protocol;
using Gateway.Actors.Record;
using Gateway.Actors.Tls;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Sessions;

/// <summary>
/// The steps of one session, in the words of the folders they lead to, each under its own deadline. <see cref="SessionGraph"/> puts them
/// in order. Holds what a later step needs of an earlier one, and releases all of it when disposed.
/// </summary>
sealed class SessionSteps(string sessionId, AcceptedConnection accepted, ActorRecording recording, SessionStop stop, SessionParts parts) : IDisposable
{
    /// <summary>What a peer has to take what it is owed when its session ends: shorter when the gateway sends it away.</summary>
    static readonly TimeSpan s_linger = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_farewell = TimeSpan.FromMilliseconds(900);

    /// <summary>
    /// How long after its proof a login that is refused is answered, so that the time does not tell which check it failed. Origin: the slowest
    /// signature takes below 10 ms; only an issuer that has to be asked takes longer, which is no secret.
    /// </summary>
    static readonly TimeSpan s_evenly = TimeSpan.FromMilliseconds(100);

    /// <summary>How often passing bytes are counted where they are not kept: what the record of a lost node's session may be short of.</summary>
    static readonly TimeSpan s_count = TimeSpan.FromSeconds(10);

    readonly TaskCompletionSource _recorded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    Leg? _client;
    SubjectShare? _share;
    RateShare? _rates;
    TokenBucket[]? _pace;
    UpstreamFacts? _facts;
    SpokenWords? _words;
    SessionWatch? _watch;
    ClientLogin? _login;
    Leg? _upstream;
    bool _relays;
    bool _handshakeOver;
    long? _provedAt;

    public AcceptedConnection Accepted { get; } = accepted;

    public Conversation Conversation { get; } = accepted.Profile.Protocol.Begin(Limits.Default);

    /// <summary>What the client did so far.</summary>
    public SeenOperations Seen => Conversation.Seen;

    /// <summary>What is known of the client so far.</summary>
    public ClientFacts Facts { get; private set; } = new() { Address = accepted.Client.ToString() };

    /// <summary>Who the client proved to be, once it did.</summary>
    public Subject? Subject { get; private set; }

    public SessionStop Stop => stop;

    /// <summary>What is told of each step to whoever traces.</summary>
    public SessionTrace Trace { get; } = SessionTrace.Begin(sessionId, accepted, parts.Time);

    /// <summary>Step 2: the client's leg is TLS.</summary>
    public async Task<Verdict<SecuredConnection>> Secure(AcceptedConnection connection)
    {
        using var deadline = Within(parts.Limits.HandshakeTimeout);
        var handshake = await ServerHandshake.SecureAsync(
            connection, parts.Addresses, parts.Tls, parts.Certificates, parts.Challenges, parts.Revocation, parts.Time, deadline.Token).ConfigureAwait(false);
        Facts = handshake.Client;
        Trace.ComesFrom(Facts.Address);
        if (handshake.Verdict.IsGranted) _client = new Leg(handshake.Verdict.Value.Stream, connection.Socket);
        return handshake.Verdict;
    }

    /// <summary>Step 3: the client's own login says who it is.</summary>
    public async Task<Verdict<Subject>> Identify(SecuredConnection secured)
    {
        using var deadline = Within(parts.Limits.LoginTimeout);
        var surveyed = await parts.Surveys.OfAsync(secured.Profile, deadline.Token).ConfigureAwait(false);
        if (!surveyed.IsGranted) return new Refused(surveyed.Refusal, surveyed.Detail);
        _facts = surveyed.Value.Facts;
        var access = secured.Profile.Access;
        Conversation.Begin(Here(secured) with { Upstream = _facts, TakesTokens = access.Issuers.Count > 0, TakesAccounts = access.Accounts.Count > 0 });
        _login = new ClientLogin(
            Conversation, secured.Stream, (question, cancel) => parts.Identification.FindAsync(secured.Profile, question, cancel));
        var proof = await _login.ReadAsync(deadline.Token).ConfigureAwait(false);
        if (!proof.IsGranted) return new Refused(proof.Refusal, proof.Detail);
        _provedAt = parts.Time.GetTimestamp();
        ClientName = proof.Value.ClientName;
        var subject = await parts.Identification.IdentifyAsync(secured, proof.Value, deadline.Token).ConfigureAwait(false);
        if (subject.IsGranted) Subject = subject.Value;
        return subject;
    }

    /// <summary>Step 4: whether the subject may use the connection.</summary>
    public Task<Verdict<Grant>> Authorize(Subject subject)
    {
        EndHandshake();
        var access = new SessionAccess(subject, parts.Access, parts.Time);
        _watch = new SessionWatch(sessionId, access, recording, stop, parts);
        // Before it is judged: what is revoked meanwhile is then seen by the one or by the other.
        parts.LiveAccess.Add(sessionId, access, stop);
        var judged = access.Judge();
        if (judged.IsGranted && (_share = parts.Subjects.TryEnter(subject)) is null)
            return Task.FromResult<Verdict<Grant>>(new Refused(Refusal.TooManyOfSubject, $"it has {parts.Limits.SessionsPerSubject} sessions on this node"));
        return Task.FromResult(judged);
    }

    /// <summary>
    /// Step 5: the journal holds that the session began, and its login without credentials, before the upstream hears of it.
    /// </summary>
    public async Task<Verdict<Grant>> Open(Grant grant)
    {
        var record = new ArrayBufferWriter<byte>();
        Conversation.AccessLeft = grant.Expires - parts.Time.GetUtcNow();
        // The index tells no more of what was done than the recording.
        Conversation.Seen = new SeenOperations(keepsAllowed: grant.Profile.Recording.Level is RecordingLevel.Full or RecordingLevel.Operations);
        if (await MaskAsync(grant.Profile).ConfigureAwait(false) is { } unmasked) return unmasked;
        Limit(grant);
        var admitted = Conversation.Admit(grant.Operations, record, _login!.Answers);
        if (admitted.Refusal != Refusal.None) return new Refused(admitted.Refusal, admitted.Detail!);
        var opened = Opening(grant);
        await recording.OpenAsync(opened).ConfigureAwait(false);
        _watch!.Opened(grant);
        parts.Anomalies.Begin(opened, recording, recording.Passed, grant.Profile.Anomalies);
        using var deadline = Within(parts.Limits.LoginTimeout);
        await _login.AnswerAsync(deadline.Token).ConfigureAwait(false);
        var durable = Task.WhenAll(Words.RecordAsync(Direction.ToUpstream, record.WrittenMemory), Words.RecordAsync(Direction.ToClient, Conversation.Recordable(_login.Answers.WrittenMemory)));
        if (grant.Profile.Recording.Strict) await durable.ConfigureAwait(false);
        return grant;
    }

    /// <summary>Step 6: the upstream's leg is TLS, verified, and the gateway is logged in with its own credentials.</summary>
    public async Task<Verdict<EstablishedSession>> Dial(Grant grant)
    {
        using var deadline = Within(parts.Limits.UpstreamTimeout);
        var credentials = await parts.Secrets.ReadAsync(grant.Profile.Upstream.Login, deadline.Token).ConfigureAwait(false);
        if (!credentials.IsGranted) return new Refused(credentials.Refusal, credentials.Detail);
        var node = Node(grant.Profile);
        var address = node is { } number ? _facts?.PlaceOf(number) : null;
        if (node is not null && address is null) return new Refused(Refusal.UpstreamNodeUnknown, $"its cluster has no broker {node} at the moment");
        var dialled = await parts.Dialer.DialAsync(grant, address, parts.Time, deadline.Token).ConfigureAwait(false);
        if (!dialled.IsGranted) return new Refused(dialled.Refusal, dialled.Detail);
        var upstream = dialled.Value;
        _upstream = new Leg(upstream.Stream, upstream.Socket);
        var login = await GatewayLogin.RunAsync(Conversation, upstream.Stream, credentials.Value, deadline.Token).ConfigureAwait(false);
        if (!login.IsGranted) return new Refused(login.Refusal, login.Detail);
        recording.Record(Secured(upstream), static () => { });
        _relays = true;
        return new EstablishedSession(grant, _client!, _login!.Rest(), _upstream, login.Value.Rest);
    }

    /// <summary>Step 7: bytes, in both directions, through the conversation.</summary>
    public GraphStageLogic Relay(RelayShape shape, Grant grant)
    {
        Trace.Relays();
        var rules = new RelayRules(grant.Profile.IdleTimeout, parts.Limits.ExpiryWarning)
        {
            UpstreamTimeout = parts.Limits.UpstreamTimeout,
            Credentials = () => CredentialsAsync(grant.Profile),
            Schemas = ids => grant.Profile.Masking.Schemas is { } registry ? parts.Schemas.Of(grant.Profile.Name, registry).AskAsync(ids) : Task.CompletedTask,
            Muted = more => parts.Metrics.SessionsMuted(grant.Profile.Name, more),
        };
        return RelayStage.Begin(shape, Conversation, rules, stop, recording, _watch!, parts.Time);
    }

    /// <summary>How fast bytes may pass, both ways together; empty: as they come.</summary>
    public IReadOnlyList<TokenBucket> Pace => _pace ??= Buckets();

    /// <summary>Step 8: and into the recording.</summary>
    public GraphStageLogic Record(BidiShape<Chunk, Chunk, Chunk, Chunk> shape, Grant grant) => grant.Profile.Recording.Level switch
    {
        RecordingLevel.Full => RecordStage.Begin(shape, recording, grant.Profile.Recording, parts.Budget, recording.Time, _recorded),
        RecordingLevel.Operations => OperationStage.Begin(shape, recording, Words.Log, _recorded),
        var level => CountStage.Begin(shape, recording, level == RecordingLevel.Metadata ? s_count : null, () => recording.Time.Now, _recorded),
    };

    /// <summary>The end of a session that a step refused: for the reason its end was requested, if it was.</summary>
    public SessionEnd EndOf(Refusal refusal, string detail) => stop.Reason ?? SessionEnd.Refused(refusal, detail);

    /// <summary>
    /// Step 9: tells the client in its own protocol why it is sent away, and closes both legs. Nothing is recorded after it.
    /// </summary>
    public async Task<SessionEnd> Farewell(SessionEnd end)
    {
        EndHandshake();
        using var deadline = new CancellationTokenSource(end.RanItsCourse ? s_linger : s_farewell, parts.Time);
        if (_relays) await DeliveredAsync(deadline.Token).ConfigureAwait(false);
        else if (_client is not null) await RefuseEvenlyAsync(end.Refusal, deadline.Token).ConfigureAwait(false);
        Close();
        if (_relays) await _recorded.Task.ConfigureAwait(false);
        return end;
    }

    public void Dispose()
    {
        parts.LiveAccess.Remove(sessionId);
        Trace.Dispose();
        EndHandshake();
        Close();
        _login?.Dispose();
        _share?.Dispose();
        _rates?.Dispose();
    }

    TokenBucket[] Buckets()
    {
        var rate = parts.Limits.BytesPerSecondPerSession;
        var own = rate > 0 ? new TokenBucket(rate, rate, parts.Time) : null;
        return [.. ((TokenBucket?[])[own, _share?.Bytes]).OfType<TokenBucket>()];
    }

    void Limit(Grant grant)
    {
        var limits = grant.Profile.Kafka;
        if (limits == KafkaLimits.None) return;
        _rates = parts.Rates.Enter(grant.Profile, grant.Subject.Issuer, grant.Subject.Name);
        Conversation.Limit(new TrafficLimits
        {
            MaxBatchBytes = limits.MaxBatchBytes,
            ClientIds = limits.ClientIds,
            Produced = _rates?.Produced,
            Consumed = _rates?.Consumed,
            Sight = new SightOfTraffic(parts.Metrics, grant.Profile.Name),
        });
    }

    async Task<Verdict<UpstreamCredentials>> CredentialsAsync(ConnectionProfile profile)
    {
        using var deadline = Within(parts.Limits.UpstreamTimeout);
        return await parts.Secrets.ReadAsync(profile.Upstream.Login, deadline.Token).ConfigureAwait(false);
    }

    async Task<Refused?> MaskAsync(ConnectionProfile profile)
    {
        using var deadline = Within(parts.Limits.LoginTimeout);
        return await SessionMasking.BeginAsync(Conversation, profile, parts.Secrets, parts.Schemas, parts.Metrics, deadline.Token).ConfigureAwait(false);
    }

    // What the client itself called the gateway is what leads it back, whatever stands between the two.
    Circumstances Here(SecuredConnection secured)
    {
        var local = (IPEndPoint)Accepted.Socket.LocalEndPoint!;
        var host = secured.Client.ServerName ?? PeerAddress.Plain(local.Address).ToString();
        return new(host, local.Port) { PlaceOf = secured.Profile.Brokers is { } brokers ? node => brokers.PlaceOf(node, host, local.Port) : null };
    }

    // The broker that the client's way leads to.
    int? Node(ConnectionProfile profile) => profile.Brokers?.NodeOf(Facts.ServerName, ((IPEndPoint)Accepted.Socket.LocalEndPoint!).Port);

    string? ClientName { get; set; }

    SpokenWords Words => _words ??= new SpokenWords(recording, Accepted.Profile, () => _facts, recording.Time);

    SessionDeadline Within(TimeSpan limit) => new(stop, limit, parts.Time);

    void EndHandshake()
    {
        if (_handshakeOver) return;
        _handshakeOver = true;
        parts.Slots.EndHandshake();
        Accepted.Share?.EndHandshake();
    }

    void Close()
    {
        _upstream?.Dispose();
        _client?.Dispose();
        Accepted.Dispose();
    }

    async Task DeliveredAsync(CancellationToken cancel)
    {
        try
        {
            await Task.WhenAll(_client!.Delivered, _upstream!.Delivered).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A peer that takes nothing gets nothing more: Close aborts it.
        }
    }

    async Task RefuseEvenlyAsync(Refusal refusal, CancellationToken cancel)
    {
        if (refusal.IsUntold() && _provedAt is { } at && s_evenly - parts.Time.GetElapsedTime(at) is { Ticks: > 0 } left)
            await Task.Delay(left, parts.Time, CancellationToken.None).ConfigureAwait(false);
        await RefuseAsync(refusal, cancel).ConfigureAwait(false);
    }

    async Task RefuseAsync(Refusal refusal, CancellationToken cancel)
    {
        var words = new ArrayBufferWriter<byte>();
        Conversation.Refuse(refusal, words);
        try
        {
            if (words.WrittenCount > 0) await _client!.Stream.WriteAsync(words.WrittenMemory, cancel).ConfigureAwait(false);
            if (recording.IsOpen) await Words.RecordAsync(Direction.ToClient, words.WrittenMemory).WaitAsync(cancel).ConfigureAwait(false);
            await _client!.FinishAsync().WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client left first, or takes nothing: there is nobody to tell.
        }
    }

    SessionOpened Opening(Grant grant) => new()
    {
        SessionId = sessionId,
        Connection = grant.Profile.Name,
        Protocol = grant.Profile.Protocol.Name,
        NodeKey = parts.NodeKey,
        OpenedAt = recording.Time.Now,
        Client = Facts,
        Subject = grant.Subject.Name,
        Issuer = grant.Subject.Issuer,
        Groups = grant.Subject.Groups,
        ExpiresAt = grant.Expires is { } expires ? UnixMicros.Of(expires) : null,
        ClientName = ClientName,
        Strict = grant.Profile.Recording.Strict,
        Level = grant.Profile.Recording.Level,
        UpstreamPlaintext = grant.Profile.Upstream.Plaintext,
    };

    UpstreamSecured Secured(UpstreamConnection upstream) => new()
    {
        At = recording.Time.Now,
        Address = upstream.Address,
        TlsVersion = upstream.TlsVersion,
        TlsSuite = upstream.TlsSuite,
        CertificateSha256 = upstream.CertificateSha256,
    };
}

/// <summary>Both legs are secured and logged in. The rests are what each peer sent beyond its login.</summary>
sealed record EstablishedSession(Grant Grant, Leg Client, Chunk? ClientRest, Leg Upstream, Chunk? UpstreamRest);

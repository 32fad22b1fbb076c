using System.Buffers;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols;

/// <summary>
/// One client's conversation in one protocol, without sockets or clock: bytes in, judgements and bytes out. A session owns exactly one and never
/// uses it from two threads at once. The order of calls is the order of a session's life:
/// <list type="number">
/// <item><see cref="ReadLogin"/> until it yields what the client offers as proof of identity;</item>
/// <item><see cref="Mask"/> where payloads are masked, and <see cref="Limit"/> where the client has limits;</item>
/// <item><see cref="Admit"/> once a grant exists, with the operations it allows;</item>
/// <item><see cref="StartUpstreamLogin"/> and <see cref="ReadUpstreamLogin"/>, with the gateway's own credentials;</item>
/// <item><see cref="Relay"/> for every chunk of either direction;</item>
/// <item><see cref="Refuse"/> at any point, at most once, to end it in words the client understands.</item>
/// </list>
/// </summary>
public abstract class Conversation : IUpstreamLogin
{
    /// <summary>
    /// How long the client's access lasts, as of the call that follows; null: there is no end. For protocols that tell their clients. Set before
    /// <see cref="Admit"/> and <see cref="Renewed"/>.
    /// </summary>
    public TimeSpan? AccessLeft { get; set; }

    /// <summary>
    /// Takes note of what is allowed, as it passes; what is denied is in <see cref="RelayOutput.Denied"/>. Replaced before <see cref="Admit"/>, if at all.
    /// </summary>
    public SeenOperations Seen { get; set; } = new();

    /// <summary>Before anything else: what is known of the place. For protocols that speak of addresses, or of what the upstream can do.</summary>
    public virtual void Begin(Circumstances circumstances)
    {
    }

    /// <summary>The most bytes <see cref="ReadLogin"/> and <see cref="ReadUpstreamLogin"/> may ask to be held.</summary>
    public abstract int MaxLoginBytes { get; }

    /// <summary>
    /// Reads the client's login. <paramref name="received"/> holds every byte not yet consumed, oldest first. Whatever the protocol demands as an
    /// answer on the way goes to <paramref name="toClient"/>. <see cref="LoginRead.NeedMore"/> may consume bytes (a step of a longer dance).
    /// </summary>
    public abstract LoginRead ReadLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toClient);

    /// <summary>
    /// By what the proof is judged that a <see cref="LoginRead.Question"/> or <see cref="RelayOutput.Question"/> announced. Writes to
    /// <paramref name="toClient"/> what the client is asked. Returns a refusal where too much waits for the client already.
    /// </summary>
    public virtual Refusal Answer(AccountAnswer answer, IBufferWriter<byte> toClient) => throw new InvalidOperationException("This protocol knows no accounts.");

    /// <summary>What the journal is to keep of what the client was answered in its login: as long as that was, with nothing secret in it.</summary>
    public virtual ReadOnlyMemory<byte> Recordable(ReadOnlyMemory<byte> answers) => answers;

    /// <summary>
    /// What passes in either direction from now on is masked, a login's own payload included. Called at most once, before <see cref="Admit"/>, where the
    /// connection has masking rules.
    /// </summary>
    public virtual void Mask(Masker masker) => throw new InvalidOperationException("This protocol has no payload that could be masked.");

    /// <summary>
    /// What the client may ask for at most. Called at most once, before <see cref="Admit"/>, where the connection has such limits.
    /// </summary>
    public virtual void Limit(TrafficLimits traffic) => throw new InvalidOperationException("This protocol has no such limits.");

    /// <summary>
    /// The identity was granted access. Writes to <paramref name="record"/> what the journal is to keep of the login, credentials blanked out, and to
    /// <paramref name="toClient"/> what the protocol answers at this point (nothing where the upstream's own answer is relayed).
    /// Refused is a login that itself asks for an operation the rules do not allow, or brings a payload that cannot be masked.
    /// </summary>
    public abstract Admission Admit(OperationRules rules, IBufferWriter<byte> record, IBufferWriter<byte> toClient);

    /// <summary>Writes the first bytes of the gateway's own login to the upstream.</summary>
    public abstract void StartUpstreamLogin(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream);

    /// <summary>
    /// Reads the upstream's answers to the gateway's login. <paramref name="received"/> holds every byte not yet consumed. On
    /// <see cref="UpstreamLoginRead.Done"/> the bytes that were not consumed are relayed like any others.
    /// </summary>
    public abstract UpstreamLoginRead ReadUpstreamLogin(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream);

    /// <summary>
    /// Judges the next bytes of one direction and says what may go on. All of <paramref name="input"/> is consumed: what cannot be judged yet is held
    /// inside, within <see cref="Limits"/>. <see cref="RelayVerdict.PassWhole"/> means: nothing is held, nothing changed, send the input as it is.
    /// </summary>
    public abstract RelayVerdict Relay(Direction direction, ReadOnlySpan<byte> input, RelayOutput output);

    /// <summary>
    /// The proof that a <see cref="RelayOutput.Proof"/> brought was accepted: tells the client so. Returns a refusal where too much waits for the
    /// client already. A proof that was not accepted ends the session by <see cref="Refuse"/>.
    /// </summary>
    public virtual Refusal Renewed(IBufferWriter<byte> toClient) => throw new InvalidOperationException("This protocol renews no identity.");

    /// <summary>
    /// How long the upstream lets the gateway's login last, counted from when it took it; null: there is no end. Moves with every login that it takes.
    /// </summary>
    public virtual TimeSpan? UpstreamLasts => null;

    /// <summary>How many logins the upstream has taken within the session, the first one apart.</summary>
    public virtual int UpstreamLogins => 0;

    /// <summary>
    /// True while the gateway awaits an answer of the upstream's to what it said for itself, such as a new login: the client is to be read no further.
    /// </summary>
    public virtual bool AwaitsUpstream => false;

    /// <summary>
    /// Renews the gateway's login at the upstream within the session, as soon as the client's part allows it. Called where <see cref="UpstreamLasts"/>
    /// tells of an end. What it says goes to <see cref="RelayOutput.Own"/>.
    /// </summary>
    public virtual void RenewUpstream(UpstreamCredentials credentials, RelayOutput output) =>
        throw new InvalidOperationException("This protocol renews no login.");

    /// <summary>
    /// The schemas that have to be known before what came in that direction goes on; none: nothing waits for any. While there are some, that direction is to
    /// be read no further.
    /// </summary>
    public virtual IReadOnlyCollection<int> AwaitedSchemas(Direction direction) => [];

    /// <summary>Goes on with what waited, after its <see cref="AwaitedSchemas"/> were asked for: what is not known now is not to be had.</summary>
    public virtual RelayVerdict GoOn(Direction direction, RelayOutput output) =>
        throw new InvalidOperationException("This protocol waits for no schemas.");

    /// <summary>
    /// The peer of <paramref name="direction"/> will send no more. A frame that was cut short is reported, its held bytes are not forwarded.
    /// </summary>
    public abstract Refusal FinishDirection(Direction direction);

    /// <summary>
    /// The direction in which a peer has taken its leave in the protocol's own words (MQTT's DISCONNECT): whatever closes the connection afterwards,
    /// that peer ended the session. Null while nobody has, and where the protocol has no such words.
    /// </summary>
    public virtual Direction? Farewell => null;

    /// <summary>
    /// Tells the client in its own protocol why it is being sent away, <see cref="Refusal.None"/> being an operator's will; writes nothing where the
    /// protocol has no words at this point.
    /// </summary>
    public abstract void Refuse(Refusal refusal, IBufferWriter<byte> toClient);
}

/// <summary>What <see cref="Conversation.ReadLogin"/> found.</summary>
public readonly record struct LoginRead
{
    /// <summary>Bytes of the input that are done with.</summary>
    public int Consumed { get; private init; }

    /// <summary>Set when the login is complete.</summary>
    public ClientProof? Proof { get; private init; }

    /// <summary>Set when the login goes on only with <see cref="Conversation.Answer"/>.</summary>
    public AccountQuestion? Question { get; private init; }

    /// <summary>Set (not <see cref="Refusal.None"/>) when the login cannot be accepted.</summary>
    public Refusal Refusal { get; private init; }

    /// <summary>What exactly was wrong, without any secret.</summary>
    public string? Detail { get; private init; }

    public static LoginRead Asks(AccountQuestion question, int consumed) => new() { Question = question, Consumed = consumed };

    public static LoginRead NeedMore(int consumed = 0) => new() { Consumed = consumed };

    public static LoginRead Complete(ClientProof proof, int consumed) => new() { Proof = proof, Consumed = consumed };

    public static LoginRead Refused(Refusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };
}

/// <summary>
/// What a client offers inside its protocol's login. A null <see cref="Token"/> means it offers none there and stands by its certificate alone.
/// </summary>
public sealed record ClientProof(string? UserName, string? Token, string? ClientName)
{
    /// <summary>The protocol has no login of its own: the client certificate is the only proof.</summary>
    public static readonly ClientProof CertificateOnly = new(null, null, null);

    /// <summary>What came of a login by SCRAM; null where there was none.</summary>
    public AccountProof? Account { get; init; }

    /// <summary>Never prints the token.</summary>
    public override string ToString() => $"ClientProof {{ UserName = {UserName}, Token = {(Token is null ? "none" : "(hidden)")}, ClientName = {ClientName} }}";
}

/// <summary>What <see cref="Conversation.Admit"/> decided.</summary>
public readonly record struct Admission
{
    public static readonly Admission Granted;

    /// <summary>Set (not <see cref="Refusal.None"/>) when the client may not come in.</summary>
    public Refusal Refusal { get; private init; }

    /// <summary>What exactly was wrong, without any content.</summary>
    public string? Detail { get; private init; }

    public static Admission Refused(Refusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };
}

/// <summary>The gateway's own credentials for one upstream. The password may be a token.</summary>
public sealed record UpstreamCredentials(string? UserName, string? Password)
{
    public static readonly UpstreamCredentials None = new(null, null);

    /// <summary>For protocols that speak SASL.</summary>
    public SaslMechanism Mechanism { get; init; } = SaslMechanism.Plain;

    /// <summary>Never prints the password.</summary>
    public override string ToString() => $"UpstreamCredentials {{ UserName = {UserName}, Password = {(Password is null ? "none" : "(hidden)")} }}";
}

/// <summary>What <see cref="Conversation.ReadUpstreamLogin"/> found.</summary>
public readonly record struct UpstreamLoginRead
{
    public int Consumed { get; private init; }

    public bool IsDone { get; private init; }

    public Refusal Refusal { get; private init; }

    public string? Detail { get; private init; }

    public static UpstreamLoginRead NeedMore(int consumed = 0) => new() { Consumed = consumed };

    public static UpstreamLoginRead Done(int consumed) => new() { Consumed = consumed, IsDone = true };

    public static UpstreamLoginRead Refused(Refusal refusal, string detail) => new() { Refusal = refusal, Detail = detail };
}

/// <summary>What <see cref="Conversation.Relay"/> decided about a chunk.</summary>
public readonly record struct RelayVerdict
{
    RelayVerdict(bool whole, Refusal refusal, string? detail) => (IsWhole, Refusal, Detail) = (whole, refusal, detail);

    /// <summary>Send the input as it is.</summary>
    public static readonly RelayVerdict PassWhole = new(true, Refusal.None, null);

    /// <summary>Send what was written to the <see cref="RelayOutput"/>, which may be nothing.</summary>
    public static readonly RelayVerdict PassOutput = new(false, Refusal.None, null);

    /// <summary>End the session; nothing of the output goes on.</summary>
    public static RelayVerdict Refuse(Refusal refusal, string detail) => new(false, refusal, detail);

    public bool IsWhole { get; }

    public Refusal Refusal { get; }

    public string? Detail { get; }
}

/// <summary>Where a conversation writes what goes on when a chunk cannot pass as it is.</summary>
/// <param name="toUpstream">What goes on to the upstream.</param>
/// <param name="toClient">What goes on to the client.</param>
/// <param name="own">What the gateway says to the upstream for itself; null for conversations that do not.</param>
public sealed class RelayOutput(IBufferWriter<byte> toUpstream, IBufferWriter<byte> toClient, IBufferWriter<byte>? own = null)
{
    /// <summary>
    /// What the gateway says to the upstream for itself: it holds the gateway's own credentials, is nothing of the client's and in no recording. It
    /// goes out behind what was written to <see cref="ToUpstream"/> in the same call.
    /// </summary>
    public IBufferWriter<byte> Own => own ?? throw new InvalidOperationException("Nobody takes what the gateway says for itself.");

    public IBufferWriter<byte> ToUpstream { get; } = toUpstream;

    public IBufferWriter<byte> ToClient { get; } = toClient;

    /// <summary>Operations that were answered by the gateway instead of being relayed, for the session's record.</summary>
    public List<DeniedOperation> Denied { get; } = [];

    /// <summary>
    /// Set when the client asks to prove itself again within the session: the next thing the conversation has to hear of is
    /// <see cref="Conversation.Renewed"/>, or the session's end.
    /// </summary>
    public ClientProof? Proof { get; set; }

    /// <summary>
    /// Set when the client begins to prove itself again as an account: the next thing the conversation has to hear of is
    /// <see cref="Conversation.Answer"/>, or the session's end.
    /// </summary>
    public AccountQuestion? Question { get; set; }

    /// <summary>
    /// Set where the client asks too much: for so long it is to be read no further, counted from when it gets what was written. Whoever does so sets it
    /// back.
    /// </summary>
    public TimeSpan Mute { get; set; }

    /// <summary>Keeps of the denials of one chunk what its record may hold; false when some are too many, and the session has to end.</summary>
    public bool KeepRecordable(Limits limits)
    {
        var (kept, units) = (0, 0);
        foreach (var operation in Denied)
        {
            units += operation.Resource.Length;
            if (kept == limits.Denials || units > limits.DeniedNames) break;
            kept++;
        }

        var fits = kept == Denied.Count;
        Denied.RemoveRange(kept, Denied.Count - kept);
        return fits;
    }

    public IBufferWriter<byte> Towards(Direction direction) => direction == Direction.ToUpstream ? ToUpstream : ToClient;
}

/// <summary>One operation that the grant does not allow, such as <c>publish</c> on a topic.</summary>
public sealed record DeniedOperation(string Operation, string Resource);

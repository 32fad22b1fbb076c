using System.Buffers;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>
/// The gateway's own SASL login at a broker: <c>SaslHandshake v1, SaslAuthenticate+</c>, at the start of a connection or within it (KIP-368). Nothing
/// may come between the requests.
/// </summary>
/// <param name="credentials">The gateway's own.</param>
/// <param name="version">Of SaslAuthenticate. From 1 on the broker tells how long the login lasts.</param>
sealed class GatewaySasl(UpstreamCredentials credentials, short version)
{
    /// <summary>Messages of an exchange. Origin: SCRAM has two.</summary>
    const int MostMessages = 4;

    static readonly KafkaApi s_handshake = KafkaApi.All[ApiKeys.SaslHandshake];
    static readonly KafkaApi s_authenticate = KafkaApi.All[ApiKeys.SaslAuthenticate];

    readonly SaslClient _client = SaslClient.Of(credentials);
    int _messages;

    /// <summary>Whether the broker took the login.</summary>
    public bool IsDone { get; private set; }

    /// <summary>How long the broker lets it last, from when it was done; null: for ever, as far as the broker tells.</summary>
    public TimeSpan? Lasts { get; private set; }

    /// <summary>What the broker is to answer next.</summary>
    public MessageLayout Response => _messages == 0 ? s_handshake.Response(1) : s_authenticate.Response(version);

    /// <summary>The correlation id that it carries.</summary>
    public int CorrelationId => _messages;

    public void Start(IBufferWriter<byte> toUpstream)
    {
        var layout = s_handshake.Request(1);
        toUpstream.Write(KafkaFrame.Request(layout, 0, new StructValue(layout.Body).With("Mechanism", credentials.Mechanism.Word())));
    }

    /// <summary>Reads the broker's next answers.</summary>
    public UpstreamLoginRead Read(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream, int mostBytes)
    {
        var read = ResponseReading.Read(received, Response, CorrelationId, mostBytes, out var body);
        if (body is null) return read;
        return Answered(body, toUpstream) is { } fault ? UpstreamLoginRead.Refused(Refusal.UpstreamCredentialsRefused, fault) : read;
    }

    /// <summary>The next answer has come. Yields why the login failed, without any of the broker's own words: they may repeat what it was sent.</summary>
    public string? Answered(StructValue answer, IBufferWriter<byte> toUpstream)
    {
        var error = (KafkaError)answer.Number("ErrorCode");
        return _messages == 0 ? Chosen(error, answer, toUpstream) : Authenticated(error, answer, toUpstream);
    }

    string? Chosen(KafkaError error, StructValue answer, IBufferWriter<byte> toUpstream)
    {
        if (error == KafkaError.UnsupportedSaslMechanism) return $"the upstream takes no {credentials.Mechanism.Word()}, but {Offered(answer)}";
        if (error != KafkaError.None) return $"the upstream refused the SASL handshake with error {(short)error}";
        Say(_client.First, toUpstream);
        return null;
    }

    string? Authenticated(KafkaError error, StructValue answer, IBufferWriter<byte> toUpstream)
    {
        if (error != KafkaError.None) return $"the upstream refused the gateway's login with error {(short)error}";
        var step = _client.Read((byte[])answer["AuthBytes"]!);
        if (step.Fault is not null) return step.Fault;
        if (step.Answer is { } next)
        {
            if (_messages == MostMessages) return "the upstream wants ever more messages of a login";
            Say(next, toUpstream);
            return null;
        }

        if (!_client.IsSatisfied) return "the upstream ended the login before it had proved itself";
        IsDone = true;
        if (version > 0 && answer.Number("SessionLifetimeMs") is > 0 and var milliseconds)
            Lasts = TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));
        return null;
    }

    void Say(byte[] message, IBufferWriter<byte> toUpstream)
    {
        var layout = s_authenticate.Request(version);
        toUpstream.Write(KafkaFrame.Request(layout, ++_messages, new StructValue(layout.Body).With("AuthBytes", message)));
    }

    static string Offered(StructValue body) => string.Join(", ", body.List("Mechanisms").Take(8).Select(m => Encoding.UTF8.GetString((byte[])m!)));
}

using System.Buffers;
using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>
/// The gateway's own SASL login at a broker: <c>SaslHandshake v1, SaslAuthenticate</c>. Nothing may come between the two.
/// </summary>
sealed class GatewaySasl(UpstreamCredentials credentials)
{
    static readonly MessageLayout s_handshake = KafkaApi.All[ApiKeys.SaslHandshake].Request(1);
    static readonly MessageLayout s_authenticate = KafkaApi.All[ApiKeys.SaslAuthenticate].Request(0);

    bool _isChosen;

    /// <summary>Whether the broker took the login.</summary>
    public bool IsDone { get; private set; }

    public void Start(IBufferWriter<byte> toUpstream) =>
        toUpstream.Write(KafkaFrame.Request(s_handshake, 0, new StructValue(s_handshake.Body).With("Mechanism", SaslProof.Plain)));

    /// <summary>Reads the broker's next answers.</summary>
    public UpstreamLoginRead Read(ReadOnlySpan<byte> received, IBufferWriter<byte> toUpstream, int mostBytes)
    {
        var api = KafkaApi.All[_isChosen ? ApiKeys.SaslAuthenticate : ApiKeys.SaslHandshake];
        var read = ResponseReading.Read(received, api.Response((short)(_isChosen ? 0 : 1)), _isChosen ? 1 : 0, mostBytes, out var body);
        if (body is null) return read;
        var error = (KafkaError)body.Number("ErrorCode");
        if (_isChosen) return Authenticated(error, read);
        if (error == KafkaError.UnsupportedSaslMechanism)
            return UpstreamLoginRead.Refused(Refusal.UpstreamCredentialsRefused, $"the upstream takes no PLAIN, but {Offered(body)}");
        if (error != KafkaError.None)
            return UpstreamLoginRead.Refused(Refusal.UpstreamCredentialsRefused, $"the upstream refused the SASL handshake with error {(short)error}");
        _isChosen = true;
        var token = Encoding.UTF8.GetBytes($"\0{credentials.UserName}\0{credentials.Password}");
        toUpstream.Write(KafkaFrame.Request(s_authenticate, 1, new StructValue(s_authenticate.Body).With("AuthBytes", token)));
        return read;
    }

    UpstreamLoginRead Authenticated(KafkaError error, UpstreamLoginRead read)
    {
        // The broker's own words may repeat what it was sent.
        if (error != KafkaError.None)
            return UpstreamLoginRead.Refused(Refusal.UpstreamCredentialsRefused, $"the upstream refused the gateway's login with error {(short)error}");
        IsDone = true;
        return read;
    }

    static string Offered(StructValue body) => string.Join(", ", body.List("Mechanisms").Take(8).Select(m => Encoding.UTF8.GetString((byte[])m!)));
}

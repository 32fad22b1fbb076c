using System.Buffers;
using System.Text;
using Gateway.Protocols.Masking;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The two logins of a session: the client's CONNECT, and the same CONNECT with the gateway's credentials at the upstream.
/// </summary>
sealed class MqttLogin(Limits limits)
{
    /// <summary>
    /// Bytes of the longest name and level of any version, "MQIsdp" and 3: by then it is clear in which version to answer.
    /// </summary>
    const int LongestStart = 9;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    ConnectPacket? _connect;

    /// <summary>The version to answer the client in; null while it has not shown that it speaks MQTT.</summary>
    public ProtocolLevel? Tongue { get; private set; }

    /// <summary>A code for CONNACK that says more than the refusal does, or 0.</summary>
    public byte OwnCode { get; private set; }

    public ConnectPacket Connect => _connect ?? throw new InvalidOperationException("The client has not logged in.");

    /// <summary>The largest packet the client accepts, in bytes. MQTT 5 section 3.1.2.11.4.</summary>
    public uint LargestAnswer => _connect?.MaximumPacketSize ?? uint.MaxValue;

    public LoginRead ReadConnect(ReadOnlySpan<byte> received)
    {
        if (received.IsEmpty) return LoginRead.NeedMore();
        if (received[0] >> 4 != (int)PacketType.Connect)
            return LoginRead.Refused(Refusal.ProtocolViolated, "the first packet is not CONNECT");
        var status = FixedHeader.TryRead(received, out var header);
        if (status == ReadStatus.NeedMore) return LoginRead.NeedMore();
        if (status == ReadStatus.Malformed) return LoginRead.Refused(Refusal.FrameMalformed, "CONNECT: fixed header");
        Tongue = TongueOf(received[header.Length..]);
        if (header.PacketLength > limits.Login && (Tongue is not null || received.Length >= header.Length + LongestStart))
            return LoginRead.Refused(Refusal.FrameTooLarge, "CONNECT exceeds the cap on a login");
        if (header.PacketLength > received.Length) return LoginRead.NeedMore();
        var length = (int)header.PacketLength;
        var refusal = ConnectPacket.TryRead(received[header.Length..length], out _connect, out var detail);
        return refusal == Refusal.None ? Proof(length) : Refused(refusal, detail);
    }

    /// <summary>Masks the will, writes the CONNECT to the record, blanked, and judges what it asks for: to publish its will.</summary>
    public Admission Admit(OperationJudge judge, Masker? masker, IBufferWriter<byte> record)
    {
        var masked = WillMask.Mask(Connect, masker, limits, out _connect);
        if (masked.Refusal != Refusal.None) return masked;
        Connect.WriteBlanked(record);
        return Connect.WillTopic is { } topic && !judge.AllowsPublish(topic)
            ? Admission.Refused(Refusal.OperationDenied, "the login itself asks for an operation that is not allowed")
            : Admission.Granted;
    }

    public void WriteConnect(UpstreamCredentials credentials, IBufferWriter<byte> toUpstream) =>
        Connect.Write(toUpstream, Utf8(credentials.UserName), Utf8(credentials.Password));

    /// <summary>Reads the upstream's answer. Of a success nothing is consumed: that CONNACK is the client's.</summary>
    public UpstreamLoginRead ReadConnAck(ReadOnlySpan<byte> received, out ConnAckPacket connAck)
    {
        connAck = default;
        if (received.IsEmpty) return UpstreamLoginRead.NeedMore();
        if (received[0] >> 4 != (int)PacketType.ConnAck)
            return UpstreamLoginRead.Refused(Refusal.UpstreamFrameMalformed, "the upstream's first packet is not CONNACK");
        var status = FixedHeader.TryRead(received, out var header);
        if (status == ReadStatus.NeedMore) return UpstreamLoginRead.NeedMore();
        if (status == ReadStatus.Read && header.PacketLength > limits.Login)
            return UpstreamLoginRead.Refused(Refusal.UpstreamFrameTooLarge, "the upstream's CONNACK exceeds the cap on a login");
        if (status == ReadStatus.Read && header.PacketLength > received.Length) return UpstreamLoginRead.NeedMore();
        var isRead = status == ReadStatus.Read
            && ConnAckPacket.TryRead(received[header.Length..(int)header.PacketLength], Connect.Level, out connAck);
        if (!isRead) return UpstreamLoginRead.Refused(Refusal.UpstreamFrameMalformed, "the upstream's CONNACK is malformed");
        return connAck.IsSuccess ? UpstreamLoginRead.Done(0) : Refused(connAck);
    }

    LoginRead Proof(int length)
    {
        var connect = Connect;
        var data = connect.AuthenticationData;
        var hasPassword = (connect.Flags & ConnectBits.Password) != 0;
        if (data is not null && hasPassword)
            return LoginRead.Refused(Refusal.TokenMalformed, "CONNECT: a token in the authentication data and a password beside it");
        if (!TryText(data ?? connect.Password, data is not null || hasPassword, out var token))
            return LoginRead.Refused(Refusal.TokenMalformed, "CONNECT: the token is not UTF-8");
        return LoginRead.Complete(new ClientProof(connect.UserName, token, connect.ClientId.Length == 0 ? null : connect.ClientId), length);
    }

    LoginRead Refused(Refusal refusal, string detail)
    {
        // An MQTT 5 client that offers another way to authenticate must not be told to try an older version.
        if (refusal == Refusal.ProtocolVersionUnsupported && detail == ConnectPacket.EnhancedAuthentication)
            OwnCode = RefusalWords.BadAuthenticationMethod;
        return LoginRead.Refused(refusal, detail);
    }

    /// <summary>
    /// The client gets the upstream's own words, such as "client identifier not valid", unless they are about the gateway's credentials,
    /// which are none of its business.
    /// </summary>
    UpstreamLoginRead Refused(ConnAckPacket connAck)
    {
        var refusal = connAck.Judge(Connect.Level);
        if (refusal != Refusal.UpstreamCredentialsRefused) OwnCode = connAck.Code;
        return UpstreamLoginRead.Refused(refusal, $"the upstream refused CONNECT with code 0x{connAck.Code:X2}");
    }

    /// <summary>
    /// Looks at <c>name(2+n) level(1)</c>, which every version of MQTT begins with. Versions after 5 are answered like 5, those before
    /// 3.1.1 like 3.1.1 (MQTT 5 section 3.1.2.2, MQTT 3.1.1 section 3.1.2.2).
    /// </summary>
    static ProtocolLevel? TongueOf(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body);
        if (!fields.TryBinary(out var name) || !fields.TryByte(out var level)) return null;
        if (name.SequenceEqual("MQIsdp"u8)) return ProtocolLevel.V311;
        if (!name.SequenceEqual("MQTT"u8)) return null;
        return level < (byte)ProtocolLevel.V5 ? ProtocolLevel.V311 : ProtocolLevel.V5;
    }

    /// <summary>A token as it came; false when it is no text.</summary>
    public static bool TryText(ReadOnlyMemory<byte> proof, bool isThere, out string? token)
    {
        token = null;
        if (!isThere) return true;
        try
        {
            token = s_strict.GetString(proof.Span);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}

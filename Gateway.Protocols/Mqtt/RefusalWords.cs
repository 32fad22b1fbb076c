using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// How MQTT says a <see cref="Refusal"/>. During login it is CONNACK's return code (MQTT 3.1.1 section 3.2.2.3) or reason code (MQTT 5
/// section 3.2.2.2), later DISCONNECT's reason code (MQTT 5 section 3.14.2.1), which MQTT 3.1.1 does not have. 0 means that the protocol
/// has no word.
/// </summary>
readonly record struct RefusalWords(byte Return, byte Reason, byte Disconnect)
{
    /// <summary>MQTT 5: "bad authentication method".</summary>
    public const byte BadAuthenticationMethod = 0x8C;

    public static RefusalWords Of(Refusal refusal) => refusal switch
    {
        // Nobody refused anything: an operator ended it.
        Refusal.None => new(3, 0x88, 0x98),
        // In CONNACK every login that is refused reads the same; a session that runs may know that its time is over ("maximum connect time").
        Refusal.IdentityExpired or Refusal.AccessEnded => new(5, ReasonCodes.NotAuthorized, 0xA0),
        Refusal.LoginTooSlow => new(3, 0x80, 0x80),
        Refusal.FrameMalformed => new(0, 0x81, 0x81),
        Refusal.FrameTooLarge => new(0, 0x95, 0x95),
        Refusal.ProtocolVersionUnsupported => new(ConnAckPacket.UnacceptableVersion, ConnAckPacket.UnsupportedVersion, 0x82),
        // Payload format invalid.
        Refusal.PayloadUnreadable => new(0, 0x99, 0x99),
        Refusal.ProtocolViolated => new(0, 0x82, 0x82),
        Refusal.TooManySessions or Refusal.TooManyFromAddress or Refusal.TooManyOfSubject => new(3, 0x89, 0x89),
        Refusal.NodeDraining => new(3, 0x9C, 0x8B),
        Refusal.SessionIdle => new(3, 0x88, 0x8D),
        Refusal.RecordingFailed or Refusal.IssuerUnavailable => new(3, 0x88, 0x83),
        Refusal.InternalFault => new(3, 0x80, 0x80),
        _ => refusal.GuiltySide() == Side.Client ? new(5, ReasonCodes.NotAuthorized, ReasonCodes.NotAuthorized) : new(3, 0x88, 0x80),
    };

    /// <summary>
    /// Writes the CONNACK that refuses a login, if there is one. MQTT 5 adds the refusal's own word as reason string, unless the client is not to know
    /// it (<see cref="RefusalFacts.IsUntold"/>).
    /// </summary>
    /// <param name="level">The version the client understands.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="code">A code that says more than the refusal does, or 0.</param>
    /// <param name="most">The largest packet the client accepts, in bytes.</param>
    /// <param name="target">Takes the packet.</param>
    public static void WriteConnAck(ProtocolLevel level, Refusal refusal, byte code, uint most, IBufferWriter<byte> target)
    {
        var words = Of(refusal);
        if (code == 0) code = level == ProtocolLevel.V5 ? words.Reason : words.Return;
        if (code == 0) return;
        if (level == ProtocolLevel.V311)
            target.Write<byte>([(byte)PacketType.ConnAck << 4, 2, 0, code]);
        else
            WriteV5(PacketType.ConnAck, [0, code], refusal.IsUntold() ? RefusalFacts.NotAuthorized : Word(refusal), most, target);
    }

    /// <summary>Writes the DISCONNECT that ends a session; MQTT 3.1.1 has none.</summary>
    public static void WriteDisconnect(ProtocolLevel level, Refusal refusal, uint most, IBufferWriter<byte> target)
    {
        if (level == ProtocolLevel.V5) WriteV5(PacketType.Disconnect, [Of(refusal).Disconnect], Word(refusal), most, target);
    }

    static string Word(Refusal refusal) => refusal == Refusal.None ? "" : refusal.Word();

    static void WriteV5(PacketType type, byte[] start, string text, uint most, IBufferWriter<byte> target)
    {
        var word = Encoding.UTF8.GetBytes(text);
        byte[] reason = word.Length == 0 ? [] : [PropertyTable.ReasonString, 0, (byte)word.Length, .. word];
        var packet = Packet.Whole(type, 0, [.. start, (byte)reason.Length, .. reason]);
        if (packet.Length > most) packet = Packet.Whole(type, 0, [.. start, 0]);
        target.Write(packet);
    }
}

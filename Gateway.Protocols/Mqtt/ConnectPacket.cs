using System.Buffers;
using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// CONNECT, the first packet of a client. MQTT 5 section 3.1, MQTT 3.1.1 section 3.1. The body after the fixed header is
/// <c>"MQTT" level flags keep-alive(2) [properties] client-id [[will-properties] will-topic will-payload] [user-name] [password]</c>, the
/// property blocks in MQTT 5 only. Fields are kept as they came, so that a packet that was read is written back byte for byte.
/// </summary>
public sealed class ConnectPacket
{
    /// <summary>
    /// The detail of the refusal of a client that wants to authenticate by AUTH packets (MQTT 5 section 4.12) in a way the gateway does not.
    /// </summary>
    public const string EnhancedAuthentication = "CONNECT: the authentication method is not spoken";

    public ProtocolLevel Level { get; private init; }

    public ConnectBits Flags { get; private init; }

    /// <summary>Seconds, 0 for none.</summary>
    public ushort KeepAlive { get; private init; }

    public string ClientId { get; private init; } = "";

    /// <summary>The topic of the will, or null when there is none.</summary>
    public string? WillTopic { get; private init; }

    /// <summary>The will's property block without its length; empty in MQTT 3.1.1 and without a will.</summary>
    public ReadOnlyMemory<byte> WillProperties { get; private init; }

    public ReadOnlyMemory<byte> WillPayload { get; private init; }

    public string? UserName { get; private init; }

    /// <summary>The property block without its length; empty in MQTT 3.1.1.</summary>
    public ReadOnlyMemory<byte> Properties { get; private init; }

    /// <summary>The largest packet the client accepts, in bytes. MQTT 5 section 3.1.2.11.4.</summary>
    public uint MaximumPacketSize => PropertyBlock.FourBytes(Properties.Span, PropertyTable.MaximumPacketSize, uint.MaxValue);

    /// <summary>The highest topic alias the client accepts, 0 in MQTT 3.1.1. MQTT 5 section 3.1.2.11.5.</summary>
    public ushort TopicAliasMaximum => PropertyBlock.TwoBytes(Properties.Span, PropertyTable.TopicAliasMaximum, 0);

    /// <summary>Present when <see cref="ConnectBits.Password"/> is set. A secret.</summary>
    public ReadOnlyMemory<byte> Password { get; private init; }

    /// <summary>The client will prove itself again by AUTH within the session, by <see cref="TokenMethod"/>.</summary>
    public bool RenewsByAuth => PropertyBlock.Contains(Properties.Span, PropertyTable.AuthenticationMethod);

    /// <summary>The proof that came as authentication data; null when none did. A secret.</summary>
    public ReadOnlyMemory<byte>? AuthenticationData =>
        PropertyBlock.TryFind(Properties.Span, PropertyTable.AuthenticationData, out var value)
            ? new ReadOnlyMemory<byte>(value[2..].ToArray())
            : (ReadOnlyMemory<byte>?)null;

    /// <summary>Everything from the client identifier to the end of the will, which no rewriting of credentials touches.</summary>
    ReadOnlyMemory<byte> Kept { get; init; }

    /// <summary>
    /// Reads the body of a CONNECT. On a refusal <paramref name="detail"/> says what was wrong, without any field's content.
    /// </summary>
    public static Refusal TryRead(ReadOnlySpan<byte> body, out ConnectPacket? connect, out string detail)
    {
        connect = null;
        detail = "CONNECT: protocol name";
        var fields = new FieldReader(body);
        if (!fields.TryString(out var name)) return Refusal.FrameMalformed;
        if (!name.SequenceEqual("MQTT"u8))
            return name.SequenceEqual("MQIsdp"u8) ? Refusal.ProtocolVersionUnsupported : Refusal.FrameMalformed;
        detail = "CONNECT: protocol level";
        if (!fields.TryByte(out var level)) return Refusal.FrameMalformed;
        if (level is not ((byte)ProtocolLevel.V311 or (byte)ProtocolLevel.V5)) return Refusal.ProtocolVersionUnsupported;
        detail = "CONNECT: connect flags";
        if (!fields.TryByte(out var flags) || !AreValid((ConnectBits)flags, (ProtocolLevel)level)) return Refusal.FrameMalformed;
        detail = "CONNECT: payload";
        return TryReadRest(body, ref fields, (ProtocolLevel)level, (ConnectBits)flags, out connect, ref detail);
    }

    /// <summary>Writes the whole packet as it was read.</summary>
    public void Write(IBufferWriter<byte> target) =>
        Write(
            target,
            UserName is null ? null : Encoding.UTF8.GetBytes(UserName),
            (Flags & ConnectBits.Password) == 0 ? null : Password.ToArray(),
            Properties.Span);

    /// <summary>
    /// Writes the whole packet with its credentials blanked out: which there were stays visible, what they were does not.
    /// </summary>
    public void WriteBlanked(IBufferWriter<byte> target) =>
        Write(
            target, UserName is null ? null : [], (Flags & ConnectBits.Password) == 0 ? null : [],
            PropertyBlock.Blanked(Properties.Span, PropertyTable.AuthenticationData));

    /// <summary>
    /// Writes the whole packet with other credentials, null for none, and without what was agreed on for AUTH: that is between the client and the
    /// gateway. MQTT 3.1.1 has no password without a user name ([MQTT-3.1.2-22]): an empty user name then goes with it.
    /// </summary>
    /// <exception cref="ArgumentException">A credential is longer than 65,535 bytes.</exception>
    public void Write(IBufferWriter<byte> target, byte[]? userName, byte[]? password) => Write(
        target, userName, password,
        RenewsByAuth ? PropertyBlock.Without(Properties.Span, PropertyTable.AuthenticationMethod, PropertyTable.AuthenticationData) : Properties.Span);

    void Write(IBufferWriter<byte> target, byte[]? userName, byte[]? password, ReadOnlySpan<byte> properties)
    {
        if (Level == ProtocolLevel.V311 && password is not null) userName ??= [];
        var flags = (Flags & ~(ConnectBits.UserName | ConnectBits.Password))
            | (userName is null ? 0 : ConnectBits.UserName) | (password is null ? 0 : ConnectBits.Password);
        var prefix = Level == ProtocolLevel.V5 ? VariableByteInteger.Length((uint)properties.Length) : 0;
        var length = 10 + prefix + properties.Length + Kept.Length + (userName is null ? 0 : 2 + userName.Length) + (password is null ? 0 : 2 + password.Length);
        new FixedHeader(PacketType.Connect, 0, 0, (uint)length).Write(target);
        target.Write<byte>([0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', (byte)Level, (byte)flags, (byte)(KeepAlive >> 8), (byte)KeepAlive]);
        if (Level == ProtocolLevel.V5) VariableByteInteger.Write(target, (uint)properties.Length);
        target.Write(properties);
        target.Write(Kept.Span);
        WriteBinary(target, userName);
        WriteBinary(target, password);
    }

    /// <summary>The same packet with another will of the same topic.</summary>
    /// <exception cref="ArgumentException">The payload is longer than 65,535 bytes.</exception>
    public ConnectPacket WithWill(ReadOnlySpan<byte> properties, byte[] payload)
    {
        var kept = new ArrayBufferWriter<byte>();
        WriteBinary(kept, Encoding.UTF8.GetBytes(ClientId));
        if (Level == ProtocolLevel.V5) VariableByteInteger.Write(kept, (uint)properties.Length);
        if (Level == ProtocolLevel.V5) kept.Write(properties);
        WriteBinary(kept, Encoding.UTF8.GetBytes(WillTopic ?? throw new InvalidOperationException("There is no will.")));
        WriteBinary(kept, payload);
        return new()
        {
            Level = Level,
            Flags = Flags,
            KeepAlive = KeepAlive,
            ClientId = ClientId,
            WillTopic = WillTopic,
            UserName = UserName,
            Properties = Properties,
            Password = Password,
            WillProperties = properties.ToArray(),
            WillPayload = payload,
            Kept = kept.WrittenMemory,
        };
    }

    static Refusal TryReadRest(
        ReadOnlySpan<byte> body, scoped ref FieldReader fields, ProtocolLevel level, ConnectBits flags, out ConnectPacket? connect,
        ref string detail)
    {
        connect = null;
        ReadOnlySpan<byte> properties = default, will = default, willProperties = default, willPayload = default, user = default, password = default;
        var isV5 = level == ProtocolLevel.V5;
        if (!fields.TryUInt16(out var keepAlive)) return Refusal.FrameMalformed;
        if (isV5 && !fields.TryProperties(PropertyPlaces.Connect, out properties)) return Refusal.FrameMalformed;
        var start = body.Length - fields.Remaining;
        if (!fields.TryString(out var client)) return Refusal.FrameMalformed;
        var hasWill = (flags & ConnectBits.Will) != 0;
        if (hasWill && !TryWill(ref fields, isV5, out will, out willProperties, out willPayload)) return Refusal.FrameMalformed;
        var kept = body[start..^fields.Remaining];
        if ((flags & ConnectBits.UserName) != 0 && !fields.TryString(out user)) return Refusal.FrameMalformed;
        if ((flags & ConnectBits.Password) != 0 && !fields.TryBinary(out password)) return Refusal.FrameMalformed;
        if (!fields.IsAtEnd) return Refusal.FrameMalformed;
        detail = EnhancedAuthentication;
        if (PropertyBlock.TryFind(properties, PropertyTable.AuthenticationMethod, out var method) && !TokenMethod.Is(method))
            return Refusal.ProtocolVersionUnsupported;
        detail = "";
        connect = new ConnectPacket
        {
            Level = level,
            Flags = flags,
            KeepAlive = keepAlive,
            Properties = properties.ToArray(),
            ClientId = Encoding.UTF8.GetString(client),
            WillTopic = hasWill ? Encoding.UTF8.GetString(will) : null,
            WillProperties = willProperties.ToArray(),
            WillPayload = willPayload.ToArray(),
            UserName = (flags & ConnectBits.UserName) == 0 ? null : Encoding.UTF8.GetString(user),
            Password = password.ToArray(),
            Kept = kept.ToArray(),
        };
        return Refusal.None;
    }

    static bool TryWill(
        scoped ref FieldReader fields, bool isV5, out ReadOnlySpan<byte> topic, out ReadOnlySpan<byte> properties,
        out ReadOnlySpan<byte> payload)
    {
        topic = properties = payload = default;
        if (isV5 && !fields.TryProperties(PropertyPlaces.Will, out properties)) return false;
        return fields.TryString(out topic) && TopicFilter.IsTopicName(topic) && fields.TryBinary(out payload);
    }

    /// <summary>
    /// Section 3.1.2: no reserved bit, no will details without a will, no QoS 3, in MQTT 3.1.1 no password without a user name.
    /// </summary>
    static bool AreValid(ConnectBits flags, ProtocolLevel level)
    {
        if ((flags & ConnectBits.Reserved) != 0 || (flags & ConnectBits.WillQoS) == ConnectBits.WillQoS) return false;
        if ((flags & ConnectBits.Will) == 0 && (flags & (ConnectBits.WillQoS | ConnectBits.WillRetain)) != 0) return false;
        return level == ProtocolLevel.V5 || (flags & (ConnectBits.UserName | ConnectBits.Password)) != ConnectBits.Password;
    }

    static void WriteBinary(IBufferWriter<byte> target, byte[]? value)
    {
        if (value is null) return;
        if (value.Length > ushort.MaxValue) throw new ArgumentException("A field is longer than 65,535 bytes.", nameof(value));
        target.Write<byte>([(byte)(value.Length >> 8), (byte)value.Length]);
        target.Write<byte>(value);
    }
}

using System.Text;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The authentication method (MQTT 5 section 4.12) by which a client brings a token, and a fresh one within the session before the last one
/// ends. The first token comes as authentication data or as password of CONNECT, a later one as authentication data of AUTH with reason 0x19,
/// re-authenticate; the gateway answers with AUTH and reason 0 (section 4.12.1). Nothing of it reaches the upstream.
/// </summary>
static class TokenMethod
{
    public const string Name = "GATEWAY-TOKEN";

    /// <summary>AUTH reason: success, which a server sends.</summary>
    const byte Success = 0x00;

    /// <summary>AUTH reason: re-authenticate, which a client sends.</summary>
    const byte ReAuthenticate = 0x19;

    static readonly byte[] s_property = [PropertyTable.AuthenticationMethod, 0, (byte)Name.Length, .. Encoding.ASCII.GetBytes(Name)];

    /// <summary>AUTH with reason success: <c>reason(1) properties</c>. Section 3.15.</summary>
    public static byte[] Accepted { get; } = Packet.Whole(PacketType.Auth, 0, [Success, (byte)s_property.Length, .. s_property]);

    /// <summary>Whether an encoded authentication method is this one.</summary>
    public static bool Is(ReadOnlySpan<byte> encoded) => encoded.SequenceEqual(s_property.AsSpan(1));

    /// <summary>
    /// The upstream's CONNACK with the method that the client's CONNECT named ([MQTT-4.12.0-5]): <c>flags(1) code(1) properties</c>.
    /// </summary>
    /// <param name="body">A CONNACK's valid body in MQTT 5.</param>
    public static byte[] Confirm(ReadOnlySpan<byte> body)
    {
        var fields = new FieldReader(body[2..]);
        if (!fields.TryVariable(out _)) throw new ArgumentException("The CONNACK has no properties.", nameof(body));
        var properties = body[^fields.Remaining..];
        var length = new System.Buffers.ArrayBufferWriter<byte>(4);
        VariableByteInteger.Write(length, (uint)(properties.Length + s_property.Length));
        return Packet.Whole(PacketType.ConnAck, 0, [.. body[..2], .. length.WrittenSpan, .. properties, .. s_property]);
    }

    /// <summary>Reads a client's AUTH: <c>reason(1) properties</c>. False when it is not a re-authentication by this method.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out ReadOnlySpan<byte> data)
    {
        data = default;
        var fields = new FieldReader(body);
        if (!fields.TryByte(out var reason) || reason != ReAuthenticate) return false;
        if (!fields.TryProperties(PropertyPlaces.Auth, out var properties) || !fields.IsAtEnd) return false;
        if (!PropertyBlock.TryFind(properties, PropertyTable.AuthenticationMethod, out var method) || !Is(method)) return false;
        if (!PropertyBlock.TryFind(properties, PropertyTable.AuthenticationData, out data)) return false;
        data = data[2..];
        return true;
    }
}

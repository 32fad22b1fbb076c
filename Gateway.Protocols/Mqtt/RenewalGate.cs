using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// The client's AUTH packets: one at a time, each kept until the gateway has judged its token and answered. MQTT 5 section 4.12.1.
/// </summary>
/// <param name="isAgreed">Whether CONNECT named <see cref="TokenMethod"/>.</param>
/// <param name="back">The stream towards the client.</param>
sealed class RenewalGate(bool isAgreed, PeerStream back)
{
    ClientProof? _proof;
    bool _isPending;

    /// <summary>AUTH has no place before CONNACK ([MQTT-4.12.1-1]), nor while the last one is not answered.</summary>
    public bool MayCome => isAgreed && !_isPending && back.State != PeerStreamState.BeforeConnAck;

    public PacketVerdict Judge(ReadOnlySpan<byte> body)
    {
        if (!TokenMethod.TryRead(body, out var data)) return PacketVerdict.Malformed(PacketType.Auth);
        if (!MqttLogin.TryText(data.ToArray(), isThere: true, out var token))
            return PacketVerdict.Refuse(Refusal.TokenMalformed, "AUTH: the token is not UTF-8");
        (_proof, _isPending) = (new ClientProof(null, token, null), true);
        return PacketVerdict.Drop(null);
    }

    /// <summary>The proof that came with the bytes just relayed, if one did. It is not kept.</summary>
    public ClientProof? Take()
    {
        var proof = _proof;
        _proof = null;
        return proof;
    }

    /// <summary>Tells the client that its token was accepted; false when too much waits for it to be told already.</summary>
    public bool Accept(IBufferWriter<byte> toClient)
    {
        if (!_isPending) throw new InvalidOperationException("The client did not ask to prove itself again.");
        _isPending = false;
        if (!back.HasRoom(TokenMethod.Accepted.Length)) return false;
        back.Say(TokenMethod.Accepted, toClient);
        return true;
    }
}

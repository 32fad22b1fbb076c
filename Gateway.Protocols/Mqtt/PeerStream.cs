using System.Buffers;

namespace Gateway.Protocols.Mqtt;

/// <summary>
/// Where the stream of packets towards one peer stands, and what the gateway itself still has to say to that peer. The gateway's own
/// packets go between relayed ones: while one is under way, or CONNACK is still to come, they wait.
/// </summary>
sealed class PeerStream(PeerStreamState state, int cap)
{
    ArrayBufferWriter<byte>? _waiting;
    bool _isLast;

    public PeerStreamState State { get; private set; } = state;

    /// <summary>False when too much is waiting already.</summary>
    public bool HasRoom(int length) => State == PeerStreamState.BetweenPackets || (_waiting?.WrittenCount ?? 0) + length <= cap;

    /// <summary>A packet of that type starts to go on.</summary>
    public void Begin(PacketType type)
    {
        State = PeerStreamState.WithinPacket;
        _isLast = type == PacketType.Disconnect;
    }

    /// <summary>The packet that went on, if one did, is complete. Yields what has been waiting for that.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        if (State != PeerStreamState.WithinPacket) return default;
        State = _isLast ? PeerStreamState.Ended : PeerStreamState.BetweenPackets;
        var waiting = _isLast || _waiting is null ? default : _waiting.WrittenSpan;
        _waiting = null;
        return waiting;
    }

    /// <summary>Says something of the gateway's own, now or as soon as the stream allows.</summary>
    public void Say(ReadOnlySpan<byte> packet, IBufferWriter<byte> target)
    {
        if (State == PeerStreamState.BetweenPackets)
            target.Write(packet);
        else if (State != PeerStreamState.Ended)
            (_waiting ??= new ArrayBufferWriter<byte>()).Write(packet);
    }

    /// <summary>Undoes what a refused chunk would have changed: nothing of it was sent.</summary>
    public void Restore(PeerStreamState before) => State = before;
}

enum PeerStreamState
{
    /// <summary>The peer has had nothing: only CONNACK may come first (MQTT 5 section 3.2).</summary>
    BeforeConnAck,
    BetweenPackets,
    WithinPacket,

    /// <summary>DISCONNECT went: nothing may follow (MQTT 5 section 3.14.4).</summary>
    Ended,
}

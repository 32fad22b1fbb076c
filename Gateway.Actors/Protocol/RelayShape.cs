using System.Collections.Immutable;
using Akka.Streams;
using Gateway.Actors.Legs;
using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>The ports of <see cref="RelayStage"/>: both legs in and out, and the session's end, which is emitted exactly once.</summary>
public sealed class RelayShape(
    Inlet<Chunk> fromClient, Outlet<Chunk> toUpstream, Inlet<Chunk> fromUpstream, Outlet<Chunk> toClient, Outlet<SessionEnd> ended) : Shape
{
    /// <summary>Ports that nobody else has.</summary>
    public RelayShape()
        : this(new("relay.fromClient"), new("relay.toUpstream"), new("relay.fromUpstream"), new("relay.toClient"), new("relay.ended"))
    {
    }

    public Inlet<Chunk> FromClient { get; } = fromClient;

    public Outlet<Chunk> ToUpstream { get; } = toUpstream;

    public Inlet<Chunk> FromUpstream { get; } = fromUpstream;

    public Outlet<Chunk> ToClient { get; } = toClient;

    public Outlet<SessionEnd> Ended { get; } = ended;

    public override ImmutableArray<Inlet> Inlets => [FromClient, FromUpstream];

    public override ImmutableArray<Outlet> Outlets => [ToUpstream, ToClient, Ended];

    public Inlet<Chunk> In(Direction direction) => direction == Direction.ToUpstream ? FromClient : FromUpstream;

    public Outlet<Chunk> Out(Direction direction) => direction == Direction.ToUpstream ? ToUpstream : ToClient;

    public override Shape DeepCopy() => new RelayShape(
        (Inlet<Chunk>)FromClient.CarbonCopy(), (Outlet<Chunk>)ToUpstream.CarbonCopy(), (Inlet<Chunk>)FromUpstream.CarbonCopy(),
        (Outlet<Chunk>)ToClient.CarbonCopy(), (Outlet<SessionEnd>)Ended.CarbonCopy());

    public override Shape CopyFromPorts(ImmutableArray<Inlet> inlets, ImmutableArray<Outlet> outlets) => new RelayShape(
        (Inlet<Chunk>)inlets[0], (Outlet<Chunk>)outlets[0], (Inlet<Chunk>)inlets[1], (Outlet<Chunk>)outlets[1], (Outlet<SessionEnd>)outlets[2]);
}

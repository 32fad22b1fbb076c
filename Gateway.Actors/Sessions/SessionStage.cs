using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Legs;
using Gateway.Actors.Protocol;

namespace Gateway.Actors.Sessions;

/// <summary>Which session a graph runs for: an attribute of the graph as a whole.</summary>
sealed class RelayedSession(SessionSteps steps, EstablishedSession established) : Attributes.IAttribute
{
    public SessionSteps Steps => steps;

    public Leg Client => established.Client;

    public Chunk? ClientRest => established.ClientRest;

    public Leg Upstream => established.Upstream;

    public Chunk? UpstreamRest => established.UpstreamRest;

    public GraphStageLogic Relay(RelayShape shape) => steps.Relay(shape, established.Grant);

    public GraphStageLogic Record(BidiShape<Chunk, Chunk, Chunk, Chunk> shape) => steps.Record(shape, established.Grant);
}

/// <summary>Makes a stage that is the same in every session's graph, with a logic that is made for each.</summary>
static class SessionStage
{
    public static SessionStage<TShape> Of<TShape>(TShape shape, Func<RelayedSession, TShape, GraphStageLogic> begin)
        where TShape : Shape => new(shape, begin);
}

/// <inheritdoc cref="SessionStage"/>
sealed class SessionStage<TShape>(TShape shape, Func<RelayedSession, TShape, GraphStageLogic> begin) : GraphStage<TShape>
    where TShape : Shape
{
    public override TShape Shape => shape;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => begin(
        inheritedAttributes.GetAttribute<RelayedSession>(null!) ?? throw new InvalidOperationException("The graph runs for no session."), shape);
}

using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Legs;
using Gateway.Actors.Protocol;
using FusedRelay = Akka.Streams.Fusing.FusedGraph<Akka.Streams.ClosedShape, System.Threading.Tasks.Task<Gateway.Actors.Protocol.SessionEnd>>;

namespace Gateway.Actors.Sessions;

/// <summary>
/// The whole journey of a session: steps in a row, then one fused Akka.Streams graph. The folders of this project are its steps:
/// <code>
///   client                                                                                            upstream
///     |  1 Accept   a socket reached a listener (<see cref="Accept.ListenerActor"/>)                      |
///     |  2 Tls      its ClientHello is judged, then TLS (<see cref="Tls.ServerHandshake"/>)               |
///     |  3 Identify its login proves who it is (<see cref="Identify.Identification"/>)                    |
///     |  4 Authorize that subject may use this connection (<see cref="Authorize.AccessPolicy"/>)          |
///     |  5 Record   the journal holds that it began (<see cref="Record.ISessionRecording"/>)              |
///     |  6 Upstream dialled, verified, logged in (<see cref="Upstream.UpstreamDialer"/>) --------------->|
///     |==> 7 Protocol every byte is framed and judged (<see cref="Protocol.RelayStage"/>) ==============>|
///     |&lt;== 8 Record   and recorded (<see cref="Record.RecordStage"/>) &lt;==================================|
///     |  9          either side ends it, or a refusal does: the client is told, both legs are closed      |
/// </code>
/// Each step takes what only the step before can make, so that none can be left out. A refusal travels on as a value and skips the rest.
/// </summary>
static class SessionGraph
{
    static readonly FusedRelay s_relay = Akka.Streams.Fusing.Aggressive(Relay(isPaced: false));
    static readonly FusedRelay s_pacedRelay = Akka.Streams.Fusing.Aggressive(Relay(isPaced: true));

    /// <summary>Is over when the session is. Not begun on the caller's thread: handshakes compute for milliseconds.</summary>
    public static Task<SessionEnd> RunAsync(SessionSteps steps, IMaterializer materializer) => Task.Run(async () =>
    {
        var established = await Journey
            .Begin(steps.Trace.Step<Accept.AcceptedConnection, Tls.SecuredConnection>("tls", steps.Secure))
            .Then(steps.Trace.Step<Tls.SecuredConnection, Identify.Subject>("identify", steps.Identify))
            .Then(steps.Trace.Step<Identify.Subject, Authorize.Grant>("authorize", steps.Authorize))
            .Then(steps.Trace.Step<Authorize.Grant, Authorize.Grant>("record", steps.Open))
            .Then(steps.Trace.Step<Authorize.Grant, EstablishedSession>(SessionTraces.Upstream, steps.Dial))
            (steps.Accepted).ConfigureAwait(false);
        var end = established.IsGranted
            ? await RelayAsync(new RelayedSession(steps, established.Value), materializer).ConfigureAwait(false)
            : steps.EndOf(established.Refusal, established.Detail);
        return await steps.Farewell(end).ConfigureAwait(false);
    });

    /// <summary>Steps 7 and 8: says how the session ended, once it did.</summary>
    static Task<SessionEnd> RelayAsync(RelayedSession session, IMaterializer materializer) =>
        materializer.Materialize((session.Steps.Pace.Count > 0 ? s_pacedRelay : s_relay).AddAttributes(new Attributes(session)));

    /// <summary>One drawing for all sessions: to draw and fuse it for each was a third of what a new session allocated, and part of what an idle one held.</summary>
    static RunnableGraph<Task<SessionEnd>> Relay(bool isPaced) => RunnableGraph.FromGraph(GraphDsl.Create(Sink.First<SessionEnd>(), (graph, ended) =>
    {
        var fromClient = graph.Add(SessionStage.Of(new SourceShape<Chunk>(new("client.sends")), static (s, shape) => s.Client.Sends(shape, s.ClientRest)));
        var toClient = graph.Add(SessionStage.Of(new SinkShape<Chunk>(new("client.receives")), static (s, shape) => s.Client.Receives(shape)));
        var fromUpstream = graph.Add(SessionStage.Of(new SourceShape<Chunk>(new("upstream.sends")), static (s, shape) => s.Upstream.Sends(shape, s.UpstreamRest)));
        var toUpstream = graph.Add(SessionStage.Of(new SinkShape<Chunk>(new("upstream.receives")), static (s, shape) => s.Upstream.Receives(shape)));
        var relay = graph.Add(SessionStage.Of(new RelayShape(), static (s, shape) => s.Relay(shape)));
        var record = graph.Add(SessionStage.Of(
            new BidiShape<Chunk, Chunk, Chunk, Chunk>(new("record.up.in"), new("record.up.out"), new("record.down.in"), new("record.down.out")),
            static (s, shape) => s.Record(shape)));

        Outlet<Chunk> Paced(Outlet<Chunk> from)
        {
            if (!isPaced) return from;
            var pace = graph.Add(SessionStage.Of(
                new FlowShape<Chunk, Chunk>(new("pace.in"), new("pace.out")), static (s, shape) => PaceStage.Begin(shape, s.Steps.Pace)));
            graph.From(from).To(pace.Inlet);
            return pace.Outlet;
        }

        graph.From(Paced(fromClient.Outlet)).To(relay.FromClient);
        graph.From(relay.ToUpstream).To(record.Inlet1);
        graph.From(record.Outlet1).To(toUpstream.Inlet);

        graph.From(Paced(fromUpstream.Outlet)).To(relay.FromUpstream);
        graph.From(relay.ToClient).To(record.Inlet2);
        graph.From(record.Outlet2).To(toClient.Inlet);

        graph.From(relay.Ended).To(ended.Inlet);
        return ClosedShape.Instance;
    }));
}

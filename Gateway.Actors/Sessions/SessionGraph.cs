using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Gateway.Actors.Legs;
using Gateway.Actors.Protocol;

namespace Gateway.Actors.Sessions;

/// <summary>
/// The whole journey of a session, as one fused Akka.Streams graph. The folders of this project are its steps:
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
    public static IRunnableGraph<Task<SessionEnd>> Of(SessionSteps steps) =>
        Source.Single(steps.Accepted)
            .SelectAsync(1, Journey
                .Begin(steps.Trace.Step<Accept.AcceptedConnection, Tls.SecuredConnection>("tls", steps.Secure))
                .Then(steps.Trace.Step<Tls.SecuredConnection, Identify.Subject>("identify", steps.Identify))
                .Then(steps.Trace.Step<Identify.Subject, Authorize.Grant>("authorize", steps.Authorize))
                .Then(steps.Trace.Step<Authorize.Grant, Authorize.Grant>("record", steps.Open))
                .Then(steps.Trace.Step<Authorize.Grant, EstablishedSession>(SessionTraces.Upstream, steps.Dial)))
            .ConcatMany(session => session.IsGranted
                ? Relay(steps, session.Value)
                : Source.Single(steps.EndOf(session.Refusal, session.Detail)))
            .SelectAsync(1, steps.Farewell)
            .ToMaterialized(Sink.First<SessionEnd>(), Keep.Right);

    /// <summary>Steps 7 and 8: emits how the session ended, once it did.</summary>
    static Source<SessionEnd, NotUsed> Relay(SessionSteps steps, EstablishedSession session) =>
        Source.FromGraph(GraphDsl.Create(graph =>
        {
            var client = graph.Add(session.Client.Flow(session.ClientRest));
            var relay = graph.Add(steps.Relay(session.Grant));
            var record = graph.Add(steps.Record(session.Grant));
            var upstream = graph.Add(session.Upstream.Flow(session.UpstreamRest));

            Outlet<Chunk> Paced(Outlet<Chunk> from)
            {
                if (steps.Pace() is not { } stage) return from;
                var pace = graph.Add(stage);
                graph.From(from).To(pace.Inlet);
                return pace.Outlet;
            }

            graph.From(Paced(client.Outlet)).To(relay.FromClient);
            graph.From(relay.ToUpstream).To(record.Inlet1);
            graph.From(record.Outlet1).To(upstream.Inlet);

            graph.From(Paced(upstream.Outlet)).To(relay.FromUpstream);
            graph.From(relay.ToClient).To(record.Inlet2);
            graph.From(record.Outlet2).To(client.Inlet);
            return new SourceShape<SessionEnd>(relay.Ended);
        }));
}

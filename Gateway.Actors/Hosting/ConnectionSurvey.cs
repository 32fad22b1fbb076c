using Akka.Actor;
using Gateway.Actors.Accept;
using Gateway.Actors.Hosting.Clustering;

namespace Gateway.Actors.Hosting;

sealed class ConnectionSurvey(ActorSystem system) : IConnectionSurvey
{
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<NodeServing>> AskAsync(string connection, CancellationToken cancel) => Gateways.AskAsync<ListenersShown, NodeServing>(
        system, ListenersActor.Name, new ShowListeners(connection), s_answer,
        (node, shown) => new(node.Key(), node.Name(), shown.Revision, Given(shown.Address), Given(shown.Problem)),
        node => new(node.Key(), node.Name(), 0, null, "the node does not answer"),
        cancel);

    static string? Given(string text) => text.Length > 0 ? text : null;
}

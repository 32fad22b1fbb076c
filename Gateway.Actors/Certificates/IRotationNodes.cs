using Akka.Actor;

namespace Gateway.Actors.Certificates;

/// <summary>The gateways of the cluster, for whoever coordinates rotations.</summary>
public interface IRotationNodes
{
    /// <summary>The keys of those that are members now, whether or not they can be reached at this moment.</summary>
    IReadOnlyCollection<string> Live { get; }

    /// <summary>Asks them; each answers <paramref name="replyTo"/>, or does not.</summary>
    void Ask(IEnumerable<string> nodeKeys, ShowCertificate question, IActorRef replyTo);
}

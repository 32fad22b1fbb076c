using Gateway.Actors.Registry;
using Gateway.Actors.Upstream;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting;

/// <summary>Opens the registry's secrets with the cluster's key, each time one is needed.</summary>
sealed class RegisteredSecrets(IRegistry registry, ClusterKey key) : IRegisteredSecrets
{
    public Verdict<string> Open(string name)
    {
        if (!registry.Current.Secrets.TryGetValue(name, out var secret))
            return new Refused(Refusal.UpstreamSecretUnavailable, $"there is no registered secret {name}; set it with: gateway secrets set {name}");
        return key.Open(name, secret.Sealed.Span) is { } text
            ? text
            : new Refused(
                Refusal.UpstreamSecretUnavailable,
                $"the registered secret {name} was not sealed with this node's cluster key; give all nodes one key, or set the secret again");
    }
}

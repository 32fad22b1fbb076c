using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Registry;

/// <summary>What has to be done so that the registry holds the access policies of documents. Pure.</summary>
public static class PoliciesPlan
{
    /// <param name="now">The registry.</param>
    /// <param name="loaded">The documents, without faults.</param>
    /// <param name="mode">What they may do.</param>
    public static (IReadOnlyList<ConnectionChange> Changes, IReadOnlyList<ConfigurationFault> Faults) Of(
        RegistrySnapshot now, LoadedConnections loaded, ApplyMode mode)
    {
        ConnectionChange[] changes =
        [
            .. loaded.Policies.Zip(loaded.PolicyDocuments, (policy, document) =>
                new ConnectionChange(policy.Name, now.Policies.GetValueOrDefault(policy.Name)?.Document, document) { Kind = DocumentKind.Policy })
                .OrderBy(c => c.Name, StringComparer.Ordinal),
        ];
        return (changes, [.. changes.SelectMany(c => c.Against(mode))]);
    }
}

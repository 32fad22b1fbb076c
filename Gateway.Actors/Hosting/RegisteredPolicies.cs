using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols;

namespace Gateway.Actors.Hosting;

/// <summary>Reads the access policies that the registry holds.</summary>
public static class RegisteredPolicies
{
    // By what the registry holds, which every state of it shares until that policy changes: read once, forgotten with it.
    static readonly ConditionalWeakTable<RegisteredPolicy, PolicyProfile> s_read = new();

    /// <summary>
    /// The policy of a registered document. One that this node cannot read denies everybody, and says why: whoever registered it meant it to count. Issuers it
    /// names need not be configured any more: nobody comes from them then.
    /// </summary>
    public static PolicyProfile Read(RegisteredPolicy registered) =>
        s_read.GetValue(registered, static policy => Read(policy.Name, policy.Document));

    /// <summary>The same by name and canonical document.</summary>
    public static PolicyProfile Read(string name, string document)
    {
        var loaded = ConnectionsFile.Read(document, $"registry/{name}", ConnectionFiles.OfRegistry(null), null, ProtocolCatalog.All);
        return loaded is { Faults.Count: 0, Policies: [var policy] } && policy.Name == name
            ? policy
            : PolicyProfile.Unreadable(name, loaded.Faults.Count > 0 ? loaded.Faults[0].ToString() : "the document states another");
    }
}

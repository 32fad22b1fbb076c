using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>Reads one document that states an access policy.</summary>
/// <param name="isOfNode">Whether it stands in a node's own file, where none belongs.</param>
/// <param name="issuers">The issuers it may name; null: any, for one that was registered before this node's issuers changed.</param>
/// <param name="faults">Where faults go.</param>
sealed class PolicyReader(bool isOfNode, IReadOnlyCollection<string>? issuers, YamlFaults faults)
{
    /// <summary>The policy, or null when the document has a fault.</summary>
    public PolicyProfile? Read(YamlMap document)
    {
        var before = faults.Count;
        var root = new YamlFields(document, "", ConnectionFields.Document, faults);
        ConnectionReader.Expect(root, "apiVersion", ConnectionFields.ApiVersion);
        if (isOfNode) root.Fault("kind", "cannot be declared in a node's own file, which no other node reads", "register it with: gateway apply -f");
        var name = ConnectionReader.Name(root.RequiredMap("metadata", PolicyFields.Metadata));
        var spec = root.RequiredMap("spec", PolicyFields.Spec);
        var policy = new PolicyProfile
        {
            Name = name,
            Labels = ConnectionReader.Labels(spec.RequiredMap("selector", PolicyFields.Selector), "matchLabels"),
            Issuers = Issuers(spec),
            Rules = AccessReader.Rules(spec),
        };
        spec.Require(policy.Rules.Count > 0, "rules", "are none: the policy says nothing", "add a rule");
        return faults.Count == before ? policy : null;
    }

    IReadOnlyList<string> Issuers(YamlFields spec)
    {
        var named = spec.Texts("issuers");
        // A distinguished name has an equals sign, and no issuer's name has. One that is misspelt would deny nobody.
        foreach (var unknown in named.Where(name => issuers?.Contains(name) == false && name != ServiceAccount.Issuer && !name.Contains('=', StringComparison.Ordinal)))
            spec.Fault("issuers", $"\"{unknown}\" is no issuer of this gateway", NearestName.Remedy(unknown, issuers!));
        return named;
    }
}

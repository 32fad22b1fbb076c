using System.Text.Json;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class PolicyReaderSpec
{
    const string Sound = """
        apiVersion: gateway/v1
        kind: AccessPolicy
        metadata: { name: contractors }
        spec:
          selector: { matchLabels: { env: prod, site: hall/4 } }
          issuers: [corp, "CN=People CA", gateway:accounts]
          rules:
            - effect: allow
              groups: [contractors]
              networks: [192.0.2.0/24]
              hours: { days: [mon, fri], from: "08:00", to: "17:30", zone: Europe/Berlin }
            - { effect: deny, subjects: [mallory] }
        """;

    [Fact]
    public void A_policy_is_read_to_the_letter()
    {
        var loaded = Read(Sound);

        Assert.Empty(loaded.Faults);
        Assert.Empty(loaded.Profiles);
        var policy = Assert.Single(loaded.Policies);
        Assert.Equal("contractors", policy.Name);
        Assert.Equal([new("env", "prod"), new("site", "hall/4")], policy.Labels);
        Assert.Equal(["corp", "CN=People CA", "gateway:accounts"], policy.Issuers);
        Assert.Equal([AccessEffect.Allow, AccessEffect.Deny], policy.Rules.Select(rule => rule.Effect));
        Assert.Equal("Europe/Berlin", policy.Rules[0].Hours!.Zone.Id);
        Assert.StartsWith("apiVersion: gateway/v1\nkind: AccessPolicy\n", Assert.Single(loaded.PolicyDocuments), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("selector: { matchLabels: { env: prod, site: hall/4 } }", "", "policy.yaml:6:3 spec.selector: is required; add the field")]
    [InlineData("matchLabels", "matchExpressions", "policy.yaml:5:15 spec.selector.matchExpressions: there is no such field; use one of matchLabels")]
    [InlineData("env: prod", "env: \"prod uction\"", "policy.yaml:5:28 spec.selector.matchLabels: \"env\" is no label; "
        + "write key and value with 1 to 63 letters, digits, dashes, dots, underscores or slashes")]
    [InlineData("[corp, ", "[crop, ", "policy.yaml:6:12 spec.issuers: \"crop\" is no issuer of this gateway; did you mean \"corp\"?")]
    [InlineData("groups: [contractors]", "groups: []", "policy.yaml:9:15 spec.rules[0].groups: allows everybody: groups and subjects are both empty; "
        + "name a group or a subject; only a rule that denies may be about everybody")]
    [InlineData("name: contractors", "name: Contractors", "policy.yaml:3:19 metadata.name is \"Contractors\": must be at most 63 lower-case letters, digits and dashes; correct the name")]
    public void A_fault_names_its_place_and_the_remedy(string sound, string wrong, string message)
    {
        var loaded = Read(Sound.Replace(sound, wrong, StringComparison.Ordinal));

        Assert.Equal(message, Assert.Single(loaded.Faults).ToString());
        Assert.Empty(loaded.Policies);
    }

    [Fact]
    public void One_without_rules_says_nothing_and_two_of_a_name_are_one_too_many()
    {
        var none = Read(Sound[..Sound.IndexOf("  rules:", StringComparison.Ordinal)]);
        var twice = Read($"{Sound}\n---\n{Sound}");

        Assert.Contains("spec.rules: are none: the policy says nothing; add a rule", Assert.Single(none.Faults).ToString(), StringComparison.Ordinal);
        Assert.Contains("is also the name of the policy in line 1", Assert.Single(twice.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void It_belongs_to_the_cluster_and_not_into_a_nodes_own_file()
    {
        using var folder = new ConfigurationFolder();

        var loaded = ConnectionsFile.Load(folder.Write("connections.yaml", Sound), ["corp"]);

        Assert.Contains("cannot be declared in a node's own file, which no other node reads; register it with: gateway apply -f", Assert.Single(loaded.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_one_is_read_whatever_issuers_the_node_has_now_and_otherwise_denies()
    {
        var document = Assert.Single(Read(Sound).PolicyDocuments);

        Assert.Null(RegisteredPolicies.Read("contractors", document.Replace("- corp", "- gone", StringComparison.Ordinal)).Problem);
        var unknown = RegisteredPolicies.Read("contractors", document.Replace("Europe/Berlin", "Europe/Atlantis", StringComparison.Ordinal));
        Assert.Contains("is no time zone this machine knows", unknown.Problem, StringComparison.Ordinal);
        Assert.Equal(AccessEffect.Deny, Assert.Single(unknown.Rules).Effect);
    }

    [Theory]
    [InlineData("labels: { env: prod }", true)]
    [InlineData("", false)]
    public void A_connection_with_labels_may_leave_to_policies_who_may_use_it(string labels, bool isSound)
    {
        var loaded = Read($$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata:
              name: telemetry
              {{labels}}
            spec:
              protocol: mqtt
              listen: { port: 8883 }
              upstream: { host: broker.internal, port: 8884, plaintext: allowed }
              access: { issuers: [corp] }
            """);

        Assert.Equal(isSound, loaded.Faults.Count == 0);
        if (!isSound) Assert.Contains("give it labels, and leave all three to an AccessPolicy", loaded.Faults[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_documents_may_do_to_registered_policies_is_said_by_the_mode()
    {
        var loaded = Read(Sound);
        var registered = RegistrySnapshot.Empty.With(
            new Gateway.Protocols.Journal.PolicyPut { Act = SampleRegistry.Act, Name = "contractors", Document = loaded.PolicyDocuments[0] }, 1);

        Assert.True(Assert.Single(PoliciesPlan.Of(registered, loaded, ApplyMode.Apply).Changes).IsNone);
        Assert.Equal("policy contractors: is registered already; give it another name, or update it", Assert.Single(PoliciesPlan.Of(registered, loaded, ApplyMode.Add).Faults).ToString());
        Assert.Equal("policy contractors: is not registered; correct the name, or add it", Assert.Single(PoliciesPlan.Of(RegistrySnapshot.Empty, loaded, ApplyMode.Update).Faults).ToString());
    }

    [Fact]
    public void The_schema_names_the_fields_that_the_reader_knows()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Repository.File("docs/policies.schema.json")));
        var spec = Properties(schema.RootElement, "spec");

        Assert.Equal(ConnectionFields.Document, Names(schema.RootElement));
        Assert.Equal(PolicyFields.Metadata, Names(Properties(schema.RootElement, "metadata")));
        Assert.Equal(PolicyFields.Spec, Names(spec));
        Assert.Equal(PolicyFields.Selector, Names(Properties(spec, "selector")));
    }

    static JsonElement Properties(JsonElement of, string name) => of.GetProperty("properties").GetProperty(name);

    static IEnumerable<string> Names(JsonElement of) => of.GetProperty("properties").EnumerateObject().Select(property => property.Name);

    static LoadedConnections Read(string text) => ConnectionsFile.Read(text, "policy.yaml", ConnectionFiles.OfRegistry(null), ["corp"], ProtocolCatalog.All);
}

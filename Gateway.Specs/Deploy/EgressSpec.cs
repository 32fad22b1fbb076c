using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using k8s.Models;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>Where the policies of deploy/k8s let nodes go: to what their settings name, and nowhere else.</summary>
public sealed partial class EgressSpec : IDisposable
{
    const string Trial = "trial";
    const string Production = "production";

    // RFC 5737: nobody is there.
    static readonly IPNetwork[] s_nobodys =
        [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("203.0.113.0/24")];

    readonly OverlaySettings _settings = new();
    readonly ConfigurationFolder _folder = new();

    public void Dispose()
    {
        _settings.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Policies_let_nodes_out_to_what_their_settings_name_and_deny_the_rest(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Equal(Needed(_settings.Node(overlay)), Open(overlay));
        var deny = overlay.Of<V1NetworkPolicy>("deny-all").Spec;
        Assert.Equal(["Ingress", "Egress"], deny.PolicyTypes);
        Assert.Equal((null, null, null), (deny.Ingress, deny.Egress, deny.PodSelector.MatchLabels));
    }

    [RequiresFact("kubectl", "node", "npm")]
    public async Task What_an_operator_takes_in_for_settings_is_open_and_nothing_else()
    {
        var copy = CopyOfManifests();
        TakeIn(Path.Combine(copy, "components/egress/kustomization.yaml"), ["outlets.yaml", "traces.yaml", "acme.yaml", "revocation.yaml", "schemas.yaml"]);
        Edit(Path.Combine(copy, "overlays/production/appsettings.json"), gateway =>
        {
            gateway["Events"] = JsonNode.Parse("""
                { "Outlets": [ { "Name": "siem", "Kind": "Syslog", "Address": "siem.example.org:6514" },
                               { "Name": "otel", "Kind": "Otlp", "Address": "https://collector.example.org:4318/v1/logs" } ] }
                """);
            gateway["Telemetry"] = JsonNode.Parse("""{ "Otlp": { "Endpoint": "https://collector.example.org:4318" } }""");
            gateway["Certificates"]!["Acme"] = JsonNode.Parse(
                """[ { "Name": "public", "Directory": "https://acme.example.org/directory", "TermsAgreed": true } ]""");
        });

        var overlay = await Overlay.RenderAtAsync(Path.Combine(copy, "overlays/production"));

        var node = _settings.Node(overlay);
        Assert.Empty(node.Faults);
        // Responders are those that certificates name, by http as RFC 6960 appendix A has it; registries those that connections name.
        Assert.Equal([.. Needed(node).Append(80).Append(8081).Order()], Open(overlay));
        OnlyNobodysNetworks(overlay);
        var judged = await NpmPackages.RunAsync("kubernetes-models.mjs", _folder.Write("rendered.yaml", overlay.Yaml));
        Assert.Equal("valid", judged.Output.Trim());
    }

    [RequiresFact("kubectl")]
    public async Task In_production_nodes_reach_no_network_that_an_operator_did_not_name() =>
        OnlyNobodysNetworks(await Overlay.RenderAsync(Production));

    [Fact]
    public void Every_kind_of_destination_is_taken_in_or_can_be_and_the_instructions_name_it()
    {
        var directory = Repository.File("deploy/k8s/components/egress");
        var kustomization = File.ReadAllText(Path.Combine(directory, "kustomization.yaml"));
        var listed = Listed().Matches(kustomization).Select(m => m.Groups[1].Value).ToArray();
        var instructions = File.ReadAllText(Repository.File("deploy/k8s/README.md"));

        Assert.Equal(
            Directory.GetFiles(directory).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal),
            listed.Append("kustomization.yaml").Order(StringComparer.Ordinal));
        Assert.All(listed, name => Assert.Contains($"| `{name}` |", instructions, StringComparison.Ordinal));
    }

    /// <summary>Every rule says whereto; and where it is a network, it is one of documentation.</summary>
    static void OnlyNobodysNetworks(Overlay overlay)
    {
        var peers = OfNodes(overlay).SelectMany(policy => policy.Spec.Egress ?? []).SelectMany(rule =>
        {
            Assert.NotEmpty(rule.To ?? []);
            Assert.NotEmpty(rule.Ports ?? []);
            return rule.To!;
        }).ToArray();

        Assert.Contains(peers, peer => peer.IpBlock is not null);
        Assert.All(peers, peer =>
        {
            if (peer.IpBlock is not { } block)
            {
                Assert.NotNull(peer.PodSelector);
                return;
            }

            var network = IPNetwork.Parse(block.Cidr);
            Assert.Contains(s_nobodys, nobodys => nobodys.Contains(network.BaseAddress) && nobodys.PrefixLength <= network.PrefixLength);
        });
    }

    static IEnumerable<V1NetworkPolicy> OfNodes(Overlay overlay) => overlay.All<V1NetworkPolicy>()
        .Where(p => p.Spec.PodSelector.MatchLabels is { } labels && labels["app.kubernetes.io/component"] == "node");

    static int[] Open(Overlay overlay) =>
    [
        .. OfNodes(overlay).SelectMany(p => p.Spec.Egress ?? []).SelectMany(rule => rule.Ports)
            .Select(p => int.Parse(p.Port.Value, CultureInfo.InvariantCulture)).Distinct().Order(),
    ];

    /// <summary>Ports of names and of other members, and of everything that the settings name.</summary>
    static int[] Needed(NodeConfiguration node)
    {
        var options = node.Options;
        int[] needed =
        [
            53, options.Cluster.Port,
            .. node.Connections.Select(connection => connection.Upstream.Port),
            .. options.Issuers.Select(issuer => new Uri(issuer.Authority).Port),
            .. options.Certificates.Acme.Select(server => new Uri(server.Directory).Port),
            .. options.Events.Outlets.Select(outlet => outlet.Kind == OutletKind.Syslog
                ? int.Parse(outlet.Address.Split(':')[1], CultureInfo.InvariantCulture) : new Uri(outlet.Address).Port),
            .. options.Telemetry.Otlp.Endpoint is { } endpoint ? (int[])[new Uri(endpoint).Port] : [],
            .. options.Journal.Provider == JournalProvider.PostgreSql ? (int[])[5432] : [],
        ];
        return [.. needed.Distinct().Order()];
    }

    string CopyOfManifests()
    {
        var (from, to) = (Repository.File("deploy/k8s"), _folder.PathOf("k8s"));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }

    static void TakeIn(string kustomization, IEnumerable<string> files)
    {
        var text = File.ReadAllText(kustomization);
        foreach (var file in files)
        {
            Assert.Contains($"  # - {file}\n", text, StringComparison.Ordinal);
            text = text.Replace($"  # - {file}\n", $"  - {file}\n", StringComparison.Ordinal);
        }

        File.WriteAllText(kustomization, text);
    }

    static void Edit(string settings, Action<JsonNode> edit)
    {
        var root = JsonNode.Parse(File.ReadAllText(settings))!;
        edit(root["Gateway"]!);
        File.WriteAllText(settings, root.ToJsonString());
    }

    [GeneratedRegex(@"^  (?:# )?- (\S+\.yaml)$", RegexOptions.Multiline)]
    private static partial Regex Listed();
}

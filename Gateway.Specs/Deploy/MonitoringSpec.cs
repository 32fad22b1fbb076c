using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Specs.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Gateway.Specs.Deploy;

/// <summary>Alerts and dashboard of deploy/k8s/components/monitoring: good PromQL, about metrics that nodes export, and alerts fire when they should.</summary>
public sealed partial class MonitoringSpec
{
    const string Folder = "deploy/k8s/components/monitoring";

    // What Prometheus itself knows of every target, and what the specs see a node export of the runtime.
    static readonly string[] s_others = ["up"];

    [RequiresFact("promtool")]
    public async Task Alerts_are_valid_and_fire_when_they_should()
    {
        using var folder = new ConfigurationFolder();
        var rules = folder.Write("alerts.rules.yaml", Rules());
        var tests = folder.Write("alerts.test.yaml", await File.ReadAllTextAsync(Repository.File($"{Folder}/alerts.test.yaml")));

        var judged = await Tool.RunAsync("promtool", "check", "rules", "--lint=all", "--lint-fatal", rules);
        var tested = await Tool.RunAsync("promtool", "test", "rules", tests);

        Assert.True(judged.ExitCode == 0, judged.Output);
        Assert.True(tested.ExitCode == 0, tested.Output);
    }

    [RequiresFact("promtool")]
    public async Task Panels_and_the_autoscalers_rule_are_valid_PromQL()
    {
        using var folder = new ConfigurationFolder();
        var expressions = Panels().Append(AdapterQuery().Replace("<<.LabelMatchers>>", "pod=\"a\"", StringComparison.Ordinal).Replace("<<.GroupBy>>", "pod", StringComparison.Ordinal));
        var rules = expressions.Select((e, i) => $"  - record: panel:{Letter(i)}\n    expr: {JsonSerializer.Serialize(e.Replace("$namespace", "gateway", StringComparison.Ordinal))}\n");

        var judged = await Tool.RunAsync("promtool", "check", "rules", folder.Write("panels.yaml", $"groups:\n- name: panels\n  rules:\n{string.Concat(rules)}"));

        Assert.True(judged.ExitCode == 0, judged.Output);
    }

    [Fact]
    public async Task Every_metric_that_is_named_is_one_that_nodes_export()
    {
        var exported = ExportedMetrics.Documented().Concat(s_others).Concat(await RuntimeMetricsAsync()).ToHashSet();

        var named = Alerts().Concat(Panels()).Append(AdapterQuery()).SelectMany(e => Metric().Matches(Strings().Replace(e, "")))
            .Select(m => m.Value).Distinct().ToArray();

        Assert.Contains("gateway_sessions_active", named);
        Assert.Empty(named.Except(exported));
    }

    [Fact]
    public void The_dashboard_shows_every_metric_of_the_gateway()
    {
        var shown = string.Join('\n', Panels());

        Assert.All(ExportedMetrics.Documented(), metric => Assert.Contains(metric, shown, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_alert_leads_to_a_chapter_of_the_runbook()
    {
        var guide = File.ReadAllLines(Repository.File("docs/operators-guide.md")).Where(l => l.StartsWith('#'))
            .Select(l => l.TrimStart('#').Trim().ToLowerInvariant().Replace(",", "", StringComparison.Ordinal).Replace(' ', '-')).ToHashSet();

        var runbooks = Runbook().Matches(Rules()).Select(m => m.Groups[1].Value).ToArray();

        Assert.Equal(Alerts().Count(), runbooks.Length);
        Assert.Empty(runbooks.Except(guide));
    }

    static string Letter(int i) => $"{(char)('a' + (i / 26))}{(char)('a' + (i % 26))}";

    // The group below spec is what promtool calls a file of rules.
    static string Rules()
    {
        var spec = File.ReadAllText(Repository.File($"{Folder}/alerts.yaml")).Split("\nspec:\n")[1];
        return string.Join('\n', spec.Split('\n').Select(line => line.StartsWith("  ", StringComparison.Ordinal) ? line[2..] : line));
    }

    static IEnumerable<string> Alerts()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Rules()));
        return ((YamlSequenceNode)yaml.Documents[0].RootNode["groups"][0]["rules"]).Select(rule => ((YamlScalarNode)rule["expr"]).Value!);
    }

    static List<string> Panels()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Repository.File($"{Folder}/gateway-dashboard.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!)];
    }

    static string AdapterQuery() => Query().Match(File.ReadAllText(Repository.File("deploy/k8s/prometheus-adapter-rules.yaml"))).Groups[1].Value;

    static async Task<IEnumerable<string>> RuntimeMetricsAsync()
    {
        using var key = Gateway.Actors.Record.SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        using var client = host.Client();
        return RuntimeType().Matches(await client.GetStringAsync("/metrics")).Select(m => m.Groups[1].Value).ToArray();
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Strings();

    // A name that begins a selector or stands alone as one; labels and functions have neither prefix.
    [GeneratedRegex(@"\b(gateway_\w+|dotnet_\w+|up)\b")]
    private static partial Regex Metric();

    [GeneratedRegex(@"^# TYPE (dotnet_\w+) \w+$", RegexOptions.Multiline)]
    private static partial Regex RuntimeType();

    [GeneratedRegex(@"runbook: docs/operators-guide\.md#([a-z0-9-]+)")]
    private static partial Regex Runbook();

    [GeneratedRegex(@"^    metricsQuery: (.+)$", RegexOptions.Multiline)]
    private static partial Regex Query();
}

using System.Text.RegularExpressions;
using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>What docs/operators-guide.md shows is what the commands answer, and what it only names exists.</summary>
public sealed partial class OperatorsGuideSpec
{
    [Fact]
    public async Task Every_answer_in_the_guide_is_what_an_operator_gets()
    {
        using var folder = new ConfigurationFolder();
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        folder.Write("ca.crt", host.Authorities.Single().ExportCertificatePem());
        var transcript = new Transcript(new Dictionary<string, string>
        {
            ["node"] = host.Url.GetLeftPart(UriPartial.Authority),
            ["ca"] = folder.PathOf("ca.crt"),
        });
        await transcript.RunAsync("$ export GATEWAY_NODE={node}\n$ export GATEWAY_CA={ca}\n$ export GATEWAY_TOKEN=operator\n");
        var guide = Guide();

        var told = guide;
        Assert.NotEmpty(Example().Matches(guide));
        foreach (Match example in Example().Matches(guide))
            told = told.Replace(example.Groups[1].Value, await transcript.RunAsync(example.Groups[1].Value), StringComparison.Ordinal);

        Assert.Equal(guide, told);
    }

    [Fact]
    public async Task Every_command_that_is_named_exists()
    {
        var named = Named().Matches(Guide() + await File.ReadAllTextAsync(Repository.File("deploy/k8s/components/monitoring/alerts.yaml")))
            .Select(m => Words().Match(m.Groups[1].Value).Value.Trim()).Distinct().ToArray();

        Assert.Contains("certs show", named);
        foreach (var command in named)
        {
            var (output, errors) = (new StringWriter(), new StringWriter());
            var code = await CommandLine.RunAsync([.. command.Split(' '), "--help"], new CliOutput(output, errors), _ => null);
            Assert.True(code == ExitCode.Ok && output.ToString().Contains($" {command} ", StringComparison.Ordinal), $"gateway {command}: {output}{errors}");
        }
    }

    static string Guide() => File.ReadAllText(Repository.File("docs/operators-guide.md")).ReplaceLineEndings("\n");

    [GeneratedRegex("^```console\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex("`gateway ([^`]+)`")]
    private static partial Regex Named();

    // Its words, up to the first argument or option: `certs rotate NAME`.
    [GeneratedRegex("^([a-z]+ ?)+")]
    private static partial Regex Words();
}

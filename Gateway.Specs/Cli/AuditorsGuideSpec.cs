using System.Text.RegularExpressions;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

/// <summary>What docs/auditors-guide.md tells a new auditor to do is what the commands really do, with an auditor's rights and no others.</summary>
public sealed partial class AuditorsGuideSpec
{
    [Fact]
    public async Task Every_step_of_the_guide_does_what_the_guide_says()
    {
        using var folder = new ConfigurationFolder();
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleAudit.Cluster(key), key);
        folder.Write("ca.crt", host.Authorities.Single().ExportCertificatePem());
        var transcript = new Transcript(new Dictionary<string, string>
        {
            ["node"] = host.Url.GetLeftPart(UriPartial.Authority),
            ["ca"] = folder.PathOf("ca.crt"),
            ["folder"] = folder.Root,
        });
        await transcript.RunAsync("$ export GATEWAY_NODE={node}\n$ export GATEWAY_CA={ca}\n$ export GATEWAY_TOKEN=auditor\n");
        var guide = (await File.ReadAllTextAsync(Repository.File("docs/auditors-guide.md"))).ReplaceLineEndings("\n");

        var told = guide;
        foreach (Match example in Example().Matches(guide))
            told = told.Replace(example.Groups[1].Value, await RunAsync(transcript, example.Groups[1].Value), StringComparison.Ordinal);

        Assert.Equal(guide, told);
    }

    // What an auditor writes into the directory where they are is written into the spec's own.
    static async Task<string> RunAsync(Transcript transcript, string commands)
    {
        var (there, here) = ("--output ", "--output {folder}/");
        return (await transcript.RunAsync(commands.Replace(there, here, StringComparison.Ordinal))).Replace(here, there, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```console\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}

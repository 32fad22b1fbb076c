using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Specs.Masking;
using Gateway.Specs.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using MaskingKey = Gateway.Protocols.Masking.MaskingKey;
using MaskingKind = Gateway.Protocols.Masking.MaskingKind;

namespace Gateway.Specs.Cli;

/// <summary>The transcripts beside this file, and the examples of docs/cli.md, are what the commands really say.</summary>
public sealed partial class TranscriptsSpec : IAsyncLifetime, IDisposable
{
    readonly ConfigurationFolder _folder = new();
    readonly SealKey _key = SealKey.Ephemeral();
    AdminHost _host = null!;

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cli"), "*.txt").Select(file => Path.GetFileName(file)!).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_transcript_is_what_the_commands_say(string file)
    {
        var written = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Cli", file));

        var told = await Transcript().RunAsync(written);

        Assert.Equal(written.ReplaceLineEndings("\n"), told);
    }

    [Fact]
    public async Task The_examples_of_the_manual_are_what_the_commands_say()
    {
        var manual = (await File.ReadAllTextAsync(Repository.File("docs/cli.md"))).ReplaceLineEndings("\n");
        var transcript = Transcript();
        await transcript.RunAsync("$ export GATEWAY_NODE={node}\n$ export GATEWAY_CA={ca}\n$ export GATEWAY_TOKEN=both\n");

        var told = manual;
        foreach (Match example in Example().Matches(manual))
            told = told.Replace(example.Groups[1].Value, await transcript.RunAsync(example.Groups[1].Value), StringComparison.Ordinal);

        Assert.Equal(manual, told);
    }

    public async Task InitializeAsync() => _host = await AdminHost.StartAsync(SampleCluster.OfThree(_key), _key);

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    public void Dispose() => _key.Dispose();

    Transcript Transcript()
    {
        _folder.Write("ca.crt", _host.Authorities.Single().ExportCertificatePem());
        _folder.Write("auditor.token", "auditor\n");
        _folder.Write("empty.crt", "nothing\n");
        _folder.Write("telemetry.yaml", SampleRegistry.Document);
        _folder.Write("both.yaml", Moved(SampleRegistry.Document) + "---\n" + Other(SampleRegistry.Document));
        _folder.Write("other.yaml", Other(SampleRegistry.Document));
        _folder.Write("faulty.yaml", SampleRegistry.Document.Replace("- main", "- mian", StringComparison.Ordinal).Replace("18883", "none", StringComparison.Ordinal));
        _folder.WriteSecret("password", "s3cret\n");
        _folder.WriteSecret("long-password", "correct horse battery\n");
        _folder.WriteSecret("foreign-password", "correct hörse battery\n");
        _folder.WriteSecret("masking.key", MaskBench.Secret + "\n");
        _folder.WriteSecret("other.key", new string('k', MaskingKey.LeastCharacters));
        _folder.Write("record.json", MaskBench.Mask("""{"owner":"ada \"l\"","unit":"C"}""", MaskBench.Rule(new(MaskingKind.Encrypt), "$.owner"))!);
        _folder.Write("texts", "ada\n");
        _folder.Write("owner.avsc", "\"string\"");
        _folder.Write("edge.yaml", Certificate);
        _folder.Write("faulty-certificate.yaml", Certificate.Replace("lifetime: 24h", "lifetime: 5s\n  issuer: le", StringComparison.Ordinal));
        _folder.Write("unknown-certificate.yaml", SampleRegistry.Document.Replace("  protocol:", "  tls:\n    certificate: nobody\n  protocol:", StringComparison.Ordinal));
        _folder.Write("suspended.yaml", Policy);
        _folder.Write("faulty-policy.yaml", Policy.Replace("  rules:", "  issuers: [mian]\n  rules:", StringComparison.Ordinal).Replace("deny, groups: [suspended]", "allow", StringComparison.Ordinal));
        return new Transcript(new Dictionary<string, string>
        {
            ["serial"] = Legacy(),
            ["clusterkey"] = _host.Services.GetRequiredService<ClusterKey>().Ids[0],
            ["node"] = _host.Url.GetLeftPart(UriPartial.Authority),
            ["field"] = JsonDocument.Parse(File.ReadAllText(_folder.PathOf("record.json"))).RootElement.GetProperty("owner").GetString()!,
            ["ca"] = _folder.PathOf("ca.crt"),
            ["folder"] = _folder.Root,
        });
    }

    const string Policy = """
        apiVersion: gateway/v1
        kind: AccessPolicy
        metadata: { name: suspended }
        spec:
          selector: {}
          rules:
          - { effect: deny, groups: [suspended] }

        """;

    const string Certificate = """
        apiVersion: gateway/v1
        kind: Certificate
        metadata:
          name: edge
        spec:
          source: internal
          names:
          - gw.example.org
          lifetime: 24h

        """;

    /// <summary>Writes a certificate that was issued elsewhere, with its key; returns its serial number.</summary>
    string Legacy()
    {
        var now = DateTimeOffset.UnixEpoch.AddMicroseconds(SampleRegistry.At);
        using var root = CertificateMaker.Root("Elsewhere", now);
        using var leaf = CertificateMaker.Leaf(["legacy.example.org"], CertificateUse.Server, TimeSpan.FromDays(7), root, [], now);
        using var key = leaf.GetECDsaPrivateKey()!;
        _folder.Write("legacy.crt", leaf.ExportCertificatePem() + "\n");
        if (!File.Exists(_folder.PathOf("legacy.key"))) _folder.WriteSecret("legacy.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        return leaf.SerialNumber;
    }

    static string Moved(string document) => document.Replace("18883", "18884", StringComparison.Ordinal);

    static string Other(string document) => document.Replace("name: telemetry", "name: alarms", StringComparison.Ordinal);

    [GeneratedRegex("^```console\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}

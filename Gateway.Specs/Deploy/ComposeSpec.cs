using Gateway.Actors.Hosting;
using Gateway.Lighthouse;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;
using YamlDotNet.RepresentationModel;
using static Gateway.Specs.Deploy.ComposeFolder;

namespace Gateway.Specs.Deploy;

/// <summary>deploy/compose in a folder of its own: prepare.sh really makes what is needed, and nodes and lighthouse take it.</summary>
public sealed class ComposeSpec : IDisposable
{
    readonly ComposeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-compose", "openssl", "sh")]
    public async Task What_is_prepared_is_what_nodes_and_lighthouse_are_started_with()
    {
        await _folder.PrepareAsync();
        var services = await _folder.ServicesAsync();

        var faults = new List<string>();
        foreach (var name in new[] { "node-1", "node-2" })
        {
            var node = Node(services, name);
            faults.AddRange(node.Faults.Select(f => f.ToString()));
            Assert.Equal((name, name), (node.Options.Node.Name, node.Options.Cluster.Host));
            Assert.Equal("telemetry", Assert.Single(node.Connections).Name);
            Assert.Equal(["lighthouse:4053"], node.Options.Cluster.Lighthouses);
        }

        var lighthouse = LighthouseOptionsCheck.Check(Settings(services, "lighthouse").GetSection(LighthouseOptions.Section), out var others);
        Assert.Empty(faults.Concat(others));
        Assert.Equal("lighthouse:4053", lighthouse.Address);
    }

    [RequiresFact("docker-compose", "openssl", "sh")]
    public async Task Every_service_of_ours_runs_without_rights_and_from_an_image_that_is_built()
    {
        await _folder.PrepareAsync();
        var services = await _folder.ServicesAsync();
        var images = await File.ReadAllTextAsync(Repository.File("deploy/images/Dockerfile"));

        var ours = services.Children.Where(s => ((YamlMappingNode)s.Value).Children.ContainsKey("build")).Select(s => (YamlMappingNode)s.Value).ToArray();

        Assert.Equal(4, ours.Length);
        Assert.All(ours, service =>
        {
            Assert.Equal("true", Text(service["read_only"]));
            Assert.Equal("ALL", Text(service["cap_drop"][0]));
            Assert.Equal("no-new-privileges:true", Text(service["security_opt"][0]));
            Assert.DoesNotMatch("^(0|root)(:|$)", Text(service["user"]));
            Assert.Contains($" AS {Text(service["build"]["target"])}\n", images, StringComparison.Ordinal);
        });
    }

    [RequiresFact("openssl", "sh")]
    public async Task Secrets_are_their_owners_alone_and_are_not_made_twice()
    {
        await _folder.PrepareAsync();
        var key = await File.ReadAllTextAsync(Path.Combine(_folder.Made, "cluster.key"));

        var again = await Tool.RunInAsync(_folder.Root, "sh", "prepare.sh");

        Assert.Equal((1, true), (again.ExitCode, again.Output.Contains("made exists already", StringComparison.Ordinal)));
        Assert.Equal(key, await File.ReadAllTextAsync(Path.Combine(_folder.Made, "cluster.key")));
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.EnumerateFiles(_folder.Made).Where(f => !f.EndsWith("ca.crt", StringComparison.Ordinal)))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    NodeConfiguration Node(YamlMappingNode services, string name)
    {
        foreach (var file in new[] { "node/appsettings.json", "node/connections.yaml" })
            _folder.Write(file, File.ReadAllText(_folder.PathOf(file)).Replace("/run/gateway/", $"{_folder.Made}/", StringComparison.Ordinal)
                .Replace("/var/lib/gateway", _folder.PathOf("data"), StringComparison.Ordinal));
        return NodeConfiguration.Read(Settings(services, name, _folder.PathOf("node/appsettings.json")), _folder.PathOf("node"));
    }

    IConfiguration Settings(YamlMappingNode services, string name, string? file = null)
    {
        var environment = ((YamlMappingNode)services[name]["environment"]).Children.ToDictionary(
            v => Text(v.Key).Replace("__", ":", StringComparison.Ordinal),
            v => (string?)Text(v.Value).Replace("/run/gateway/", $"{_folder.Made}/", StringComparison.Ordinal));
        var builder = new ConfigurationBuilder();
        if (file is not null) builder.AddJsonFile(file);
        return builder.AddInMemoryCollection(environment).Build();
    }
}

using Gateway.Specs.Support;
using Xunit;
using YamlDotNet.RepresentationModel;
using static Gateway.Specs.Deploy.ComposeFolder;

namespace Gateway.Specs.Deploy;

/// <summary>
/// Services of compose.yaml as containers of an engine, with all that the file says of each but its network: they have the machine's, on which their names
/// are addresses of the loopback. So nothing has to be pulled, and what they work with may be the machine's own.
/// </summary>
sealed class ComposeContainers(string engine, YamlMappingNode services) : IAsyncDisposable
{
    /// <summary>Of each service that others speak to.</summary>
    public static readonly IReadOnlyDictionary<string, string> Addresses = new Dictionary<string, string>
    {
        ["lighthouse"] = "127.0.1.1",
        ["node-1"] = "127.0.1.2",
        ["broker"] = "127.0.1.3",
    };

    // Longer than stop_grace_period.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(100);

    static readonly Dictionary<string, string> s_options = new()
    {
        ["cap_drop"] = "--cap-drop",
        ["security_opt"] = "--security-opt",
        ["tmpfs"] = "--tmpfs",
        ["volumes"] = "--volume",
    };

    readonly List<string> _names = [];

    /// <summary>Starts a service; it goes on by itself.</summary>
    public async Task StartAsync(string service)
    {
        _names.Add(NameOf(service));
        var started = await RunAsync(["run", "--detach", "--name", NameOf(service), .. Options(service), Image(service), .. Command(service)]);
        Assert.True(started.ExitCode == 0, started.Output);
    }

    /// <summary>Runs one to its end with these arguments, as <c>docker compose run</c> does.</summary>
    public Task<ToolRun> RunOnceAsync(string service, params string[] arguments) =>
        RunAsync(["run", "--rm", .. Options(service), Image(service), .. arguments]);

    public async Task<string> LogAsync(string service) => (await RunAsync(["logs", NameOf(service)])).Output;

    /// <summary>Stops it as <c>docker compose stop</c> does, and returns its exit code.</summary>
    public async Task<string> StopAsync(string service)
    {
        await RunAsync(["stop", "-t", $"{(int)s_patience.TotalSeconds - 10}", NameOf(service)]);
        return (await RunAsync(["inspect", "--format", "{{.State.ExitCode}}", NameOf(service)])).Result.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        if (_names.Count > 0) await RunAsync(["rm", "--force", .. _names]);
    }

    List<string> Options(string service)
    {
        var (said, options) = ((YamlMappingNode)services[service], new List<string> { "--network", "host", "--user", Text(services[service]["user"]) });
        if (Text(said["read_only"]) == "true") options.Add("--read-only");
        foreach (var (name, option) in s_options)
        {
            foreach (var value in Values(said, name)) options.AddRange([option, value]);
        }

        foreach (var (name, address) in Addresses) options.AddRange(["--add-host", $"{name}:{address}"]);
        if (!said.Children.TryGetValue("environment", out var variables)) return options;
        foreach (var (name, value) in (YamlMappingNode)variables) options.AddRange(["--env", $"{Text(name)}={Text(value)}"]);
        return options;
    }

    string Image(string service) => $"gateway-{Text(services[service]["build"]["target"])}";

    IEnumerable<string> Command(string service) => Values((YamlMappingNode)services[service], "command");

    static IEnumerable<string> Values(YamlMappingNode said, string name) =>
        said.Children.TryGetValue(name, out var values) ? ((YamlSequenceNode)values).Select(Text) : [];

    static string NameOf(string service) => $"gateway-trial-{Environment.ProcessId}-{service}";

    Task<ToolRun> RunAsync(string[] arguments) => Tool.RunAsync(s_patience, engine, arguments);
}

using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class CheckCommandSpec : IDisposable
{
    const string Sound = """
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: raw }
        spec:
          protocol: tls
          listen: { address: 127.0.0.1, port: 8883 }
          tls: { clientCertificate: required, clientAuthorities: ca.crt }
          upstream: { host: broker.internal, port: 8884, tls: { authorities: ca.crt } }
          access: { subjects: [boss] }
        """;

    readonly ConfigurationFolder _folder = new();
    readonly StringWriter _output = new() { NewLine = "\n" };
    readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public async Task A_sound_configuration_has_no_faults()
    {
        _folder.WriteCertificate("ca").Dispose();
        _folder.Write("appsettings.json", "{}");
        _folder.Write("connections.yaml", Sound);

        var code = await RunAsync("check", _folder.Root);

        Assert.Equal("", _error.ToString());
        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal($"{_folder.PathOf("appsettings.json")}: no faults\n", _output.ToString());
    }

    [Fact]
    public async Task Every_fault_of_settings_and_connections_is_told_at_once()
    {
        _folder.Write("appsettings.json", """{ "Gateway": { "Admin": { "Port": 99999 }, "Nodee": { "Name": "a" } } }""");
        _folder.Write("connections.yaml", "apiVersion: gateway/v1\nkind: Connexion\n");

        var code = await RunAsync("check", _folder.Root);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("gateway: Gateway:Admin:Port", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("gateway: Gateway:Nodee", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("gateway: connections.yaml:2", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task A_missing_connections_file_is_told_once()
    {
        _folder.Write("appsettings.json", "{}");

        var code = await RunAsync("check", _folder.PathOf("appsettings.json"));

        Assert.Equal(ExitCode.Failed, code);
        Assert.Single(_error.ToString().Split('\n'), line => line.Contains("connections.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Settings_that_are_no_json_are_a_failure_of_one_line()
    {
        _folder.Write("appsettings.json", "{ \"Gateway\": ");

        var code = await RunAsync("check", _folder.Root);

        Assert.Equal(ExitCode.Failed, code);
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task An_absent_file_is_not_found()
    {
        var code = await RunAsync("check", _folder.Root);

        Assert.Equal(ExitCode.NotFound, code);
        Assert.EndsWith("name an appsettings.json or its directory\n", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("chekc", "x")]
    [InlineData("check", "a", "--nonsense")]
    public async Task A_command_that_does_not_parse_is_a_usage_error_of_one_line(params string[] args)
    {
        var code = await RunAsync(args);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_output.ToString());
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(args, new CliOutput(_output, _error), _ => null);
}

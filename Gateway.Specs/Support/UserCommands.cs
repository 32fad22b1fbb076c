using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Cli;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>The <c>gateway</c> command of one user, with a home of their own, against one node.</summary>
sealed class UserCommands(TestNode node) : IDisposable
{
    readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("gateway-home");

    public string Home => _home.FullName;

    public string TokensFile => Path.Combine(Home, ".config", "gateway", "tokens.json");

    public Dictionary<string, string?> Variables { get; } = new()
    {
        ["GATEWAY_NODE"] = node.AdminUrl,
        ["GATEWAY_CA"] = node.AuthorityFile,
    };

    /// <summary>Runs a command to its end.</summary>
    public async Task<CommandRun> RunAsync(params string[] command) => await Begin(command).EndAsync();

    /// <summary>Begins a command that waits for somebody.</summary>
    public RunningCommand Begin(params string[] command)
    {
        Variables["HOME"] = Home;
        return new RunningCommand(command, Variables.GetValueOrDefault);
    }

    /// <summary>Logs a person in at their issuer, with a browser that has no screen.</summary>
    public async Task<CommandRun> LogInAsync(OidcProvider issuer, string name)
    {
        var login = Begin("login", "--no-browser");
        using (var browser = new LoginPages(name, issuer.Certificates.Authority))
            await browser.WalkAsync(await login.AddressAsync("code_challenge="));
        var ended = await login.EndAsync();
        Assert.True(ended.Code == 0, ended.All + issuer.Output);
        return ended;
    }

    public void Dispose() => _home.Delete(recursive: true);
}

/// <summary>How a command ended, what it printed, and what it said on standard error.</summary>
sealed record CommandRun(int Code, string Output, string Said)
{
    public string All => $"[{Code}] {Output}{Said}";
}

/// <summary>A command that runs inside the spec's process.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Nothing of it is held by the system, and what it printed is read after its end.")]
sealed partial class RunningCommand
{
    readonly SharedWriter _output = new();
    readonly SharedWriter _said = new();
    readonly CancellationTokenSource _interrupt = new();
    readonly Task<int> _running;

    public RunningCommand(string[] command, Func<string, string?> variables)
    {
        var output = new CliOutput(_output, _said);
        _running = Task.Run(() => CommandLine.RunAsync(command, output, variables, _interrupt.Token));
    }

    /// <summary>What stands on standard error so far.</summary>
    public string Said => _said.ToString();

    /// <summary>The first address it told the person to open.</summary>
    public async Task<Uri> AddressAsync(string containing)
    {
        await Eventually.TrueAsync(() => _running.IsCompleted || Addresses().Any());
        return Addresses().FirstOrDefault() ?? throw new InvalidOperationException($"no address: {Said}");
        IEnumerable<Uri> Addresses() => Address().Matches(Said).Select(found => new Uri(found.Value))
            .Where(address => address.AbsoluteUri.Contains(containing, StringComparison.Ordinal));
    }

    /// <summary>Waits until it said this.</summary>
    public Task SaysAsync(string text) => Eventually.TrueAsync(() => _running.IsCompleted || Said.Contains(text, StringComparison.Ordinal));

    /// <summary>The port that <c>gateway connect</c> opened.</summary>
    public async Task<int> PortAsync()
    {
        await Eventually.TrueAsync(() => _running.IsCompleted || LocalPort().IsMatch(_output.ToString()));
        var found = LocalPort().Match(_output.ToString());
        return found.Success ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : throw new InvalidOperationException($"no port: {Said}");
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => _interrupt.Cancel();

    public async Task<CommandRun> EndAsync()
    {
        var code = await _running.WaitAsync(TimeSpan.FromSeconds(60));
        return new CommandRun(code, _output.ToString(), _said.ToString());
    }

    [GeneratedRegex(@"at 127\.0\.0\.1:(\d+)")]
    private static partial Regex LocalPort();

    [GeneratedRegex(@"https://\S+")]
    private static partial Regex Address();
}

/// <summary>Text that one thread writes while another reads it.</summary>
sealed class SharedWriter : TextWriter
{
    readonly StringBuilder _text = new();

    public SharedWriter() => NewLine = "\n";

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        lock (_text) _text.Append(value);
    }

    public override void Write(string? value)
    {
        lock (_text) _text.Append(value);
    }

    public override string ToString()
    {
        lock (_text) return _text.ToString();
    }
}

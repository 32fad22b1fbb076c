using Gateway.Cli;
using Spectre.Console;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class TerminalSpec : IDisposable
{
    const string Colour = "\u001b[1;38;5;6m";

    readonly StringWriter _screen = new();
    readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public void A_terminal_gets_a_table_with_colours()
    {
        Output().Table(["NAME"], [["telemetry"]]);

        Assert.Contains(Colour, _screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("│ telemetry │", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_NO_COLOR_is_set_there_is_none()
    {
        Output(noColor: "1").Table(["NAME"], [["telemetry"]]);

        Assert.DoesNotContain("38;5", _screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("telemetry", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_peers_chose_is_no_markup_to_a_terminal()
    {
        Output().Table(["SUBJECT"], [["[red]eve[/]\u001b[2J"]]);

        Assert.Contains("[red]eve[/]\\u001b[2J", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Raw_bytes_are_not_let_loose_on_a_terminal()
    {
        string[] args = ["sessions", "replay", "x", "--node", "https://localhost:1", "--direction", "to-client", "--output", "-"];

        var code = await CommandLine.RunAsync(args, Output(), _ => null);

        Assert.Equal(ExitCode.Usage, code);
        Assert.Equal("gateway: raw bytes would steer this terminal; pipe them, or name a file\n", _error.ToString());
    }

    public void Dispose()
    {
        _screen.Dispose();
        _error.Dispose();
    }

    CliOutput Output(string? noColor = null)
    {
        var settings = CliOutput.Screen(_screen, name => name == "NO_COLOR" ? noColor : null);
        settings.Ansi = AnsiSupport.Yes;
        // What is detected is the terminal that the specs run on.
        if (settings.ColorSystem == ColorSystemSupport.Detect) settings.ColorSystem = ColorSystemSupport.EightBit;
        return new CliOutput(_screen, _error, AnsiConsole.Create(settings));
    }
}

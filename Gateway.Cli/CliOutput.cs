using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Gateway.Cli;

/// <summary>
/// Where a command writes. With a <paramref name="terminal"/> tables are drawn on it; without, they are aligned text.
/// <paramref name="raw"/> takes recorded bytes; <paramref name="progress"/>, if any, is the terminal on which people wait.
/// </summary>
public sealed class CliOutput(
    TextWriter output, TextWriter error, IAnsiConsole? terminal = null, Stream? raw = null, IAnsiConsole? progress = null)
{
    static readonly Style s_head = new(Color.Teal, decoration: Decoration.Bold);

    public TextWriter Output { get; } = output;

    public Stream Raw { get; } = raw ?? Stream.Null;

    /// <summary>Null when nobody watches.</summary>
    public IAnsiConsole? Progress { get; } = progress;

    /// <summary>What is written is on somebody's screen at once.</summary>
    public bool IsTerminal => terminal is not null;

    /// <summary>The process's own: terminals get drawn tables, files and pipes plain text.</summary>
    public static CliOutput OfProcess(Func<string, string?> variables)
    {
        var raw = StandardOutput.Open();
        var progress = Console.IsErrorRedirected ? null : AnsiConsole.Create(Screen(Console.Error, variables));
        if (!Console.IsOutputRedirected)
            return new CliOutput(Console.Out, Console.Error, AnsiConsole.Create(Screen(Console.Out, variables)), raw, progress);
        var text = new StreamWriter(raw, new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        return new CliOutput(text, Console.Error, null, raw, progress);
    }

    /// <summary>A terminal, without colours where NO_COLOR is set to anything (no-color.org).</summary>
    public static AnsiConsoleSettings Screen(TextWriter writer, Func<string, string?> variables) => new()
    {
        Out = new AnsiConsoleOutput(writer),
        ColorSystem = string.IsNullOrEmpty(variables("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
    };

    /// <summary>One line that says what failed.</summary>
    public void Fail(string problem) => error.WriteLine($"gateway: {problem}");

    /// <summary>One line for the person who waits, beside the command's output.</summary>
    public void Say(string text) => error.WriteLine(text);

    /// <summary>One line of text. What peers chose in it must have gone through <see cref="Printable"/>.</summary>
    public void Line(string text) => Output.WriteLine(text);

    public void Json<T>(T value, JsonTypeInfo<T> type) => Output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Every cell is made safe to show with <see cref="Printable"/>.</summary>
    public void Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var shown = rows.Select(row => row.Select(Printable.Text).ToArray()).ToArray();
        if (terminal is null) Aligned([heads, .. shown]);
        else terminal.Write(Drawn(heads, shown));
    }

    /// <summary>
    /// Has tables shown one after the other: each in the place of the one before on a terminal, below it elsewhere and where there is only <paramref name="one"/>.
    /// </summary>
    public async Task LiveAsync(Func<Action<IReadOnlyList<(string[] Heads, string[][] Rows)>>, Task> watch, bool one)
    {
        if (terminal is null || one)
        {
            await watch(tables =>
            {
                foreach (var (heads, rows) in tables) Table(heads, rows);
            });
            return;
        }

        await terminal.Live(new Text("")).AutoClear(true).StartAsync(screen => watch(tables => screen.UpdateTarget(
            new Rows(tables.Select(table => Drawn(table.Heads, [.. table.Rows.Select(row => row.Select(Printable.Text).ToArray())]))))));
    }

    void Aligned(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    // Cells are Text, not markup: what a peer chose must not be read as instructions to the console.
    static Table Drawn(IReadOnlyList<string> heads, string[][] rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var head in heads) table.AddColumn(new TableColumn(new Text(head, s_head)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        return table;
    }
}

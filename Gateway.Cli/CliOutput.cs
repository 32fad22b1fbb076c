using Spectre.Console;

namespace Gateway.Cli;

/// <summary>Where a command writes. With a <paramref name="terminal"/> tables are drawn on it; without, they are aligned text.</summary>
public sealed class CliOutput(TextWriter output, TextWriter error, IAnsiConsole? terminal = null)
{
    public TextWriter Output { get; } = output;

    /// <summary>One line that says what failed.</summary>
    public void Fail(string problem) => error.WriteLine($"gateway: {problem}");

    /// <summary>Every cell is made safe to show with <see cref="Printable"/>.</summary>
    public void Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var shown = rows.Select(row => row.Select(Printable.Text).ToArray()).ToArray();
        if (terminal is null) Aligned([heads, .. shown]);
        else Drawn(terminal, heads, shown);
    }

    void Aligned(IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    // Cells are Text, not markup: what a peer chose must not be read as instructions to the console.
    static void Drawn(IAnsiConsole terminal, IReadOnlyList<string> heads, string[][] rows)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var head in heads) table.AddColumn(new TableColumn(new Text(head)));
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(cell)));
        terminal.Write(table);
    }
}

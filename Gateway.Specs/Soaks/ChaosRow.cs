using System.Globalization;

namespace Gateway.Specs.Soaks;

/// <summary>A fault, and what came of it.</summary>
/// <param name="Fault">What was done.</param>
/// <param name="Clients">What clients saw.</param>
/// <param name="Journal">What the journal says of their sessions.</param>
/// <param name="Recovered">From the fault, or from its end, to the promised state.</param>
/// <param name="Lost">The most bytes of a session that were forwarded and are in no recording.</param>
/// <param name="Broken">The promise that was not kept, or null.</param>
sealed record ChaosRow(string Fault, string Clients, string Journal, TimeSpan Recovered, long? Lost, string? Broken = null)
{
    const string Begin = "<!-- results: written by ./build.sh chaos -->";
    const string End = "<!-- end of results -->";

    public static string Table(IEnumerable<ChaosRow> rows) => $"""
        | fault | what clients see | what the journal says | recovered after | lost of the window |
        | --- | --- | --- | ---: | ---: |
        {string.Join('\n', rows.Select(row => row.Line()))}

        """;

    /// <summary>The document with this table in the place of the one it has.</summary>
    public static string Put(string table, string document) => MarkedPart.Put(document, Begin, End, table);

    string Line() => Broken is null
        ? string.Create(CultureInfo.InvariantCulture, $"| {Fault} | {Clients} | {Journal} | {Recovered.TotalSeconds:0.0} s | {Told()} |")
        : $"| {Fault} | **not kept** | {Broken.ReplaceLineEndings(" ").Replace('|', '/')} | | |";

    string Told() => Lost is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB of 1024") : "nothing";
}

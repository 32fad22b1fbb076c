using System.Globalization;
using System.Text;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// A record's value in JSON: an order with its owner, whom somebody might want masked, and its lines. A batch of them takes Zstandard at level 1 to about a
/// quarter, as services' own messages do; a specification holds it between a fifth and three tenths.
/// </summary>
static class JsonOrder
{
    static readonly string[] s_states = ["placed", "paid", "packed", "shipped", "delivered", "returned"];
    static readonly string[] s_streets = ["Station Road", "Mill Lane", "Church Street", "Harbour Way", "Park Avenue", "Long Acre"];

    /// <summary>One of exactly so many bytes, at least <see cref="Dialogue.MessageBytes"/>: a remark fills it up.</summary>
    public static byte[] Of(Random source, int number, int bytes)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            {"sequence":{{number}},"owner":"somebody-{{source.Next(10_000):D4}}","state":"{{One(source, s_states)}}"
            """);
        if (bytes > 2 * Dialogue.MessageBytes) Delivery(source, text);
        text.Append(",\"lines\":[");
        const string End = "],\"remark\":\"";
        const string Close = "\"}";
        for (var line = Line(source); text.Length + line.Length + End.Length + Close.Length <= bytes; line = "," + Line(source)) text.Append(line);
        text.Append(End);
        return Encoding.ASCII.GetBytes(text.Append('.', bytes - text.Length - Close.Length).Append(Close).ToString());
    }

    static void Delivery(Random source, StringBuilder text)
    {
        var placed = string.Create(CultureInfo.InvariantCulture, $"2026-03-{source.Next(1, 29):D2}T{source.Next(24):D2}:{source.Next(60):D2}:{source.Next(60):D2}Z");
        text.Append(CultureInfo.InvariantCulture, $$"""
            ,"order":"{{source.NextInt64():x16}}","placedAt":"{{placed}}"
            """);
        text.Append(CultureInfo.InvariantCulture, $$"""
            ,"address":{"street":"{{One(source, s_streets)}} {{source.Next(1, 200)}}","postcode":"{{source.Next(100_000):D5}}","country":"GB"}
            """);
    }

    static string Line(Random source) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"article":"A-{{source.Next(100_000):D5}}","lot":"{{source.NextInt64():x16}}","quantity":{{source.Next(1, 10)}},"price":{{source.Next(1, 200)}}.{{source.Next(100):D2}}}""");

    static string One(Random source, string[] of) => of[source.Next(of.Length)];
}

using System.Text;
using Gateway.Actors.Record;

namespace Gateway.Benchmarks.Load;

/// <summary>What bulk traffic is made of. A relay does not care; a recording that compresses does.</summary>
static class Payload
{
    /// <summary>How many blocks differ.</summary>
    public const int Count = 2 * ChunkDraft.Capacity / Dialogue.BlockBytes;

    /// <summary>Blocks that are sent one after the other, over and over: more than a recording compresses at once, which so never meets one twice.</summary>
    public static IReadOnlyList<byte[]> Blocks(bool random) => [.. Enumerable.Range(0, Count).Select(i => Block(random, i))];

    /// <summary>
    /// One block: lines of sensor readings, which Zstandard takes to about a quarter, or random bytes, which it cannot shrink.
    /// </summary>
    public static byte[] Block(bool random, int number = 0)
    {
        var source = new Random(20_26 + number);
        var block = new byte[Dialogue.BlockBytes];
        if (random) source.NextBytes(block);
        else Readings(source).AsSpan(0, block.Length).CopyTo(block);
        return block;
    }

    static byte[] Readings(Random source)
    {
        var lines = new StringBuilder();
        for (var i = 0; lines.Length < Dialogue.BlockBytes; i++)
        {
            var state = source.Next(9) == 0 ? "idle" : "running";
            lines.Append($$"""{"sequence":{{i}},"sensor":"plant-{{source.Next(40)}}/line-{{source.Next(8)}}","state":"{{state}}",""");
            lines.Append($"\"values\":[{source.NextDouble() * 80:F4},{source.NextDouble() * 10:F5},{source.NextDouble():F6}]}}\n");
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }
}

using System.Text;

namespace Gateway.Benchmarks.Load;

/// <summary>What bulk traffic is made of. A relay does not care; a recording that compresses does.</summary>
static class Payload
{
    /// <summary>
    /// One block: lines of sensor readings, which Zstandard takes to about a quarter, or random bytes, which it cannot shrink.
    /// </summary>
    public static byte[] Block(bool random)
    {
        var source = new Random(20_26);
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

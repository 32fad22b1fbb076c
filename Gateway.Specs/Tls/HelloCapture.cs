using System.Buffers.Binary;
using Gateway.Specs.Support;

namespace Gateway.Specs.Tls;

/// <summary>Hellos that real clients sent, and hellos made to order.</summary>
static class HelloCapture
{
    public static byte[] Load(string name) =>
        Convert.FromHexString(string.Concat(File.ReadAllLines(Repository.File($"Gateway.Specs/Captures/client-hello/{name}.hex"))));

    /// <summary>A hello in one record.</summary>
    public static byte[] Make(
        ushort legacyVersion = 0x0303, string suites = "1301", string compressions = "00", params (ushort Type, string Hex)[] extensions)
    {
        var block = string.Concat(extensions.Select(e => $"{e.Type:x4}{e.Hex.Length / 2:x4}{e.Hex}"));
        var body = $"{legacyVersion:x4}{new string('7', 64)}00{suites.Length / 2:x4}{suites}{compressions.Length / 2:x2}{compressions}"
            + (extensions.Length == 0 ? "" : $"{block.Length / 2:x4}{block}");
        return Record($"01{body.Length / 2:x6}{body}");
    }

    public static byte[] Record(string hex) => Convert.FromHexString($"160301{hex.Length / 2:x4}{hex}");

    /// <summary>The same message in records of at most <paramref name="size"/> bytes each.</summary>
    public static byte[] Fragmented(byte[] hello, int size)
    {
        var message = hello.AsSpan(5, BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(3)));
        var records = new List<byte>();
        foreach (var fragment in message.ToArray().Chunk(size)) records.AddRange(Record(Convert.ToHexString(fragment)));
        return [.. records];
    }
}

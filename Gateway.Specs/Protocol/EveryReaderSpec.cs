using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Reading;
using Gateway.Specs.Support;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.Specs.Protocol;

/// <summary>What every protocol's reader keeps to, shown with everything that was captured of it.</summary>
public sealed class EveryReaderSpec(ITestOutputHelper log)
{
    public static TheoryData<string> Protocols => [.. Read];

    public static TheoryData<string> Captures => [.. Read.SelectMany(CapturesOf)];

    [Theory]
    [MemberData(nameof(Protocols))]
    public void A_protocol_that_is_read_has_captures(string protocol) => Assert.NotEmpty(CapturesOf(protocol));

    [Theory]
    [MemberData(nameof(Captures))]
    public void Whatever_was_relayed_is_read_and_every_byte_is_in_one_operation(string name)
    {
        var relayed = ReadCapture.Relayed(name);

        var read = ReadCapture.Read(ProtocolOf(name), relayed);

        Assert.DoesNotContain(read, operation => operation.IsUnread);
        foreach (var direction in Enum.GetValues<Direction>())
        {
            var bytes = relayed.Where(r => r.Direction == direction).Sum(r => r.Bytes.Length);
            Assert.Equal(bytes, read.Where(o => o.Direction == direction).Sum(o => o.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Wherever_the_bytes_are_cut_the_same_is_read(string name)
    {
        var relayed = ReadCapture.Relayed(name);
        var whole = ReadCapture.Read(ProtocolOf(name), relayed).Select(Shown).ToArray();

        for (var cut = 1; cut < 40; cut++)
        {
            var pieces = relayed.SelectMany(r => r.Bytes.Chunk(cut).Select(bytes => (r.Direction, bytes)));
            Assert.Equal(whole, ReadCapture.Read(ProtocolOf(name), pieces).Select(Shown));
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public void Mutated_recordings_never_throw_and_no_byte_is_lost(string protocol)
    {
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var captures = CapturesOf(protocol).Select(ReadCapture.Relayed).ToArray();
        for (var round = 0; round < 5000; round++)
        {
            var relayed = captures[random.Next(captures.Length)].Select(r => (r.Direction, Mutated(r.Bytes, random))).ToArray();
            var read = ReadCapture.Read(protocol, relayed);
            Assert.True(relayed.Sum(r => r.Item2.Length) == read.Sum(o => o.Length), $"round {round} of seed {seed}");
        }
    }

    static IEnumerable<string> Read => ProtocolCatalog.All.Where(entry => entry.Reader is not null).Select(entry => entry.Name);

    static IEnumerable<string> CapturesOf(string protocol) =>
        Capture.Names(refused: false).Where(name => ProtocolOf(name).Equals(protocol, StringComparison.Ordinal));

    static string ProtocolOf(string name) => name.Split('/')[0];

    static byte[] Mutated(byte[] bytes, Random random)
    {
        if (random.Next(4) > 0) return bytes;
        var mutated = (byte[])bytes.Clone();
        mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
        return random.Next(3) == 0 ? mutated[..random.Next(mutated.Length)] : mutated;
    }

    static string Shown(DecodedOperation o) =>
        $"{o.Name} [{string.Join(' ', o.Resources)}] {o.Detail} '{Encoding.Latin1.GetString(o.Payload.Span)}' " +
        $"{{{string.Join(", ", o.Fields.Select(f => $"{f.Key}={f.Value}"))}}}";
}

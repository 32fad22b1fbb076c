using System.Buffers;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Wire;
using Xunit;
using Xunit.Abstractions;

namespace Gateway.Specs.Kafka;

public sealed class KafkaBodySpec(ITestOutputHelper log)
{
    const int Most = 1_000_000;

    [Fact]
    public void Every_golden_body_decodes_and_encodes_to_itself()
    {
        Assert.Equal(96, GoldenBodies.Messages.Count);
        Assert.All(GoldenBodies.Messages, golden => Assert.Equal(golden.Bytes, Again(golden)));
    }

    [Fact]
    public void A_golden_body_is_walked_alike_at_every_cut()
    {
        var walker = new BodyWalker();
        foreach (var golden in GoldenBodies.Messages)
        {
            var whole = Walk(walker, golden, () => int.MaxValue);
            Assert.Equal(BodyTokenKind.End, whole.Last.Kind);
            Assert.Equal(whole.Tokens, Walk(walker, golden, () => 1).Tokens);
            for (var cut = 1; cut < golden.Bytes.Length; cut++)
            {
                var first = true;
                Assert.Equal(whole.Tokens, Walk(walker, golden, () => first ? Cut(ref first, cut) : int.MaxValue).Tokens);
            }
        }
    }

    [Fact]
    public void A_golden_body_that_is_cut_short_waits_for_more_and_is_malformed_where_no_more_can_come()
    {
        var walker = new BodyWalker();
        foreach (var (golden, length) in GoldenBodies.Messages.SelectMany(g => Enumerable.Range(0, g.Bytes.Length).Select(l => (g, l))))
        {
            var prefix = golden.Bytes.AsSpan(0, length);
            var waiting = BodyWalk.Over(walker, golden.Layout, prefix, golden.Bytes.Length, () => int.MaxValue).Last;
            Assert.Equal(BodyTokenKind.NeedMore, waiting.Kind);
            var over = BodyWalk.Over(walker, golden.Layout, prefix, length, () => int.MaxValue).Last;
            Assert.Equal((BodyTokenKind.Malformed, golden.Layout, length), (over.Kind, golden.Layout, length));
            Assert.StartsWith(golden.Layout.ToString(), walker.Fault, StringComparison.Ordinal);
            Assert.Equal(BodyTokenKind.Malformed, walker.Next([]).Kind);
        }
    }

    [Fact]
    public void What_follows_a_body_is_malformed()
    {
        var walker = new BodyWalker();
        foreach (var golden in GoldenBodies.Messages)
        {
            byte[] more = [.. golden.Bytes, 0];
            Assert.Equal(BodyTokenKind.Malformed, BodyWalk.Over(walker, golden.Layout, more, more.Length, () => int.MaxValue).Last.Kind);
        }
    }

    [Fact]
    public void A_length_beyond_what_is_left_is_refused_before_anything_is_read()
    {
        var walker = new BodyWalker();
        foreach (var golden in GoldenBodies.Messages)
        {
            foreach (var bytes in HostileLengths(golden.Bytes))
            {
                var last = BodyWalk.LastOf(walker, golden.Layout, bytes, () => int.MaxValue);
                Assert.True(last.Kind is BodyTokenKind.End or BodyTokenKind.Malformed, $"{golden.Layout}: {last}");
                Assert.True(new MessageReader().Read(golden.Layout, bytes, Most) is not null == (last.Kind == BodyTokenKind.End));
            }
        }
    }

    [Fact]
    public void A_message_of_more_structs_than_it_may_hold_is_refused()
    {
        var golden = GoldenBodies.Messages.First(g => g.Layout.ToString() == "Metadata v12 response");
        var reader = new MessageReader();

        Assert.Null(reader.Read(golden.Layout, golden.Bytes, 2));

        Assert.Equal("Metadata v12 response holds more than 2 structs", reader.Fault);
    }

    [Fact]
    public void Every_version_of_every_message_encodes_and_decodes_to_itself_and_is_walked_alike_at_random_cuts()
    {
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (messages, walker) = (new RandomMessages(random), new BodyWalker());
        foreach (var layout in RandomMessages.Layouts)
        {
            for (var round = 0; round < 3; round++)
            {
                var golden = new GoldenBody(layout, Encode(messages.Any(layout.Body)));
                Assert.Equal(golden.Bytes, Again(golden));
                var whole = Walk(walker, golden, () => int.MaxValue);
                Assert.Equal(BodyTokenKind.End, whole.Last.Kind);
                Assert.Equal(whole.Tokens, Walk(walker, golden, () => random.Next(1, 24)).Tokens);
            }
        }
    }

    [Fact]
    public void A_mutated_message_is_read_as_what_it_is_or_refused_by_name()
    {
        var seed = Random.Shared.Next();
        log.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var (messages, walker, reader) = (new RandomMessages(random), new BodyWalker(), new MessageReader());
        var (read, refused) = (0, 0);
        for (var round = 0; round < 10_000; round++)
        {
            var layout = messages.AnyLayout();
            var bytes = Mutated(Encode(messages.Any(layout.Body)), random);
            var last = BodyWalk.LastOf(walker, layout, bytes, () => random.Next(1, 64));
            var value = reader.Read(layout, bytes, Most);
            Assert.True(value is not null == (last.Kind == BodyTokenKind.End), $"round {round} of seed {seed}: {layout}, {last}, {reader.Fault}");
            if (value is null) refused++;
            else read++;
            if (value is null) Assert.StartsWith(layout.ToString(), reader.Fault, StringComparison.Ordinal);
        }

        Assert.True(read > 1000 && refused > 1000, $"{read} read, {refused} refused");
    }

    static byte[] Again(GoldenBody golden)
    {
        var reader = new MessageReader();
        return Encode(reader.Read(golden.Layout, golden.Bytes, Most) ?? throw new InvalidDataException(reader.Fault));
    }

    static byte[] Encode(StructValue value)
    {
        var target = new ArrayBufferWriter<byte>();
        MessageWriter.Write(value, target);
        return target.WrittenSpan.ToArray();
    }

    static (List<string> Tokens, BodyToken Last) Walk(BodyWalker walker, GoldenBody golden, Func<int> chunk) =>
        BodyWalk.Over(walker, golden.Layout, golden.Bytes, golden.Bytes.Length, chunk);

    static int Cut(ref bool first, int cut)
    {
        first = false;
        return cut;
    }

    /// <summary>0, -1 and the largest in every place a length could stand.</summary>
    static IEnumerable<byte[]> HostileLengths(byte[] sound)
    {
        byte[][] lengths = [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF], [0x7F, 0xFF]];
        return
            from at in Enumerable.Range(0, sound.Length)
            from length in lengths
            where at + length.Length <= sound.Length
            select (byte[])[.. sound[..at], .. length, .. sound[(at + length.Length)..]];
    }

    static byte[] Mutated(byte[] sound, Random random)
    {
        var at = random.Next(sound.Length + 1);
        return random.Next(5) switch
        {
            0 => sound,
            1 => sound[..at],
            2 => [.. sound[..at], (byte)random.Next(256), .. sound[at..]],
            3 when at < sound.Length => [.. sound[..at], (byte)(sound[at] ^ (1 << random.Next(8))), .. sound[(at + 1)..]],
            _ => [.. sound[..at], .. sound[Math.Min(sound.Length, at + random.Next(1, 5))..]],
        };
    }
}

using System.Buffers.Binary;
using Gateway.Actors.Protocol;
using Gateway.Protocols;
using Gateway.Protocols.Kafka.Records;
using Gateway.Protocols.Masking;
using Gateway.Specs.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Kafka;

public sealed class BatchMaskSpec
{
    const string Secret = """{"card":"4111111111111111","x":1}""";
    const string Hidden = """{"card":"***","x":1}""";

    static readonly MaskingRule s_card = Rule(Redact("***"), "$.card");

    public static TheoryData<RecordCodec> Codecs => [.. Enum.GetValues<RecordCodec>()];

    [Fact]
    public void The_checksum_is_castagnolis() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Records_are_masked_and_length_and_checksum_told_anew_while_all_else_stays(RecordCodec codec)
    {
        Batches.Record[] records = [new("k", Secret, ("h", "v"), ("n", null)), new(null, null), new("", ""), new("k2", Secret)];
        Batches.Record[] masked = [new("k", Hidden, ("h", "v"), ("n", null)), new(null, null), new("", ""), new("k2", Hidden)];
        var batch = Batches.Write(codec, Batches.Transactional, records);

        var (ok, result) = Mask(batch, Direction.ToUpstream, s_card);

        Assert.True(ok);
        Assert.Equal(batch.Length == result.Length ? -1 : result.Length - 12, batch.Length == result.Length ? -1 : BinaryPrimitives.ReadInt32BigEndian(result.AsSpan(8)));
        Assert.Equal(Crc32C.Of(result.AsSpan(21)), BinaryPrimitives.ReadUInt32BigEndian(result.AsSpan(17)));
        Assert.Equal(batch[..8], result[..8]);
        Assert.Equal(batch[12..17], result[12..17]);
        Assert.Equal(batch[21..61], result[21..61]);
        Assert.Equal(Batches.Plain(Batches.Write(codec, Batches.Transactional, masked)), Batches.Plain(result));
    }

    [Fact]
    public void Keys_and_headers_are_masked_by_rules_that_name_them()
    {
        var batch = Batches.Write(RecordCodec.None, 0, new Batches.Record("me@example.org", "v", ("trace", "1"), ("from", "me@example.org"), ("n", null)));

        var (_, result) = Mask(
            batch, Direction.ToClient, Detecting("email") with { Key = true, Headers = ["*"] },
            new MaskingRule { Name = "trace", Action = new(MaskingKind.Drop), Headers = ["trace"] });

        Assert.Equal(Batches.Write(RecordCodec.None, 0, new Batches.Record("#", "v", ("from", "#"), ("n", null))), result);
    }

    [Fact]
    public void Control_batches_and_those_in_which_nothing_is_masked_pass_as_they_came()
    {
        byte[] batches =
        [
            .. Batches.Write(RecordCodec.None, Batches.Control, new Batches.Record("\0\0\0\u0001", Secret)),
            .. Batches.Write(RecordCodec.Zstd, 0, new Batches.Record("k", """{"x":1}""")), .. Batches.Write(RecordCodec.None, 0),
        ];

        var (ok, result) = Mask(batches, Direction.ToClient, s_card);

        Assert.True(ok);
        Assert.Equal(batches, result);
    }

    [Theory]
    [InlineData(MaskingKind.Token)]
    [InlineData(MaskingKind.Encrypt)]
    public void A_batch_that_was_masked_before_passes_as_it_came(MaskingKind kind)
    {
        var action = new MaskingAction(kind);
        MaskingRule[] rules = [Rule(action, "$.card"), Matching("x-[0-9]+") with { Action = action, Headers = ["*"] }, new() { Name = "key", Action = action, Key = true }];
        var batch = Batches.Write(RecordCodec.None, 0, new("k", Secret, ("h", "x-1")), new(null, Secret));
        var once = Mask(batch, Direction.ToUpstream, rules).Result;

        var twice = TryMask(once, Direction.ToClient, out var isChanged, [.. rules.Select(rule => rule.Pattern is null ? rule : Matching(".+") with { Action = action, Headers = ["*"] })]);

        Assert.NotEqual(batch, once);
        Assert.False(isChanged);
        Assert.Equal(once, twice.Result);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Cut_anywhere_a_fetch_loses_the_batch_that_is_cut_and_a_produce_is_refused(RecordCodec codec)
    {
        var batch = Batches.Write(codec, 0, new Batches.Record("k", Secret));
        var whole = Mask(batch, Direction.ToClient, s_card).Result;
        for (var length = 1; length < batch.Length; length++)
        {
            var (ok, result) = Mask([.. batch, .. batch[..length]], Direction.ToClient, s_card);
            Assert.True(ok);
            Assert.Equal(whole.AsSpan(21, 40), result.AsSpan(21, 40));
            Assert.Equal(whole.Length, result.Length);
            Assert.False(Mask(batch[..length], Direction.ToUpstream, s_card).Ok);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void A_batch_with_any_byte_changed_is_refused_or_is_none_to_mask(RecordCodec codec)
    {
        var batch = Batches.Write(codec, 0, new Batches.Record("k", Secret));
        for (var at = 12; at < batch.Length; at++)
        {
            var changed = batch.ToArray();
            changed[at] ^= 0x20;
            // The leader's epoch is not part of the checksum.
            Assert.Equal(at < 16, Mask(changed, Direction.ToUpstream, s_card).Ok);
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Whatever_the_records_are_nothing_fails_but_the_batch(RecordCodec codec)
    {
        var random = new Random(3);
        var batch = Batches.Write(codec, 0, new Batches.Record("k", Secret, ("h", "v")), new Batches.Record(null, Secret));
        for (var round = 0; round < 2000; round++)
        {
            var changed = batch.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) changed[random.Next(61, changed.Length)] = (byte)random.Next(256);
            if (round % 4 == 0) BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(57), random.Next());
            Mask(Batches.Checked(changed), Direction.ToUpstream, s_card);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(48)]
    public void A_length_that_lies_is_refused(int length)
    {
        var batch = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", Secret));
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), length);

        Assert.False(Mask(batch, Direction.ToUpstream, s_card).Ok);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void A_count_that_lies_is_refused(int count)
    {
        var batch = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", Secret), new Batches.Record("k", Secret));
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);

        Assert.False(Mask(Batches.Checked(batch), Direction.ToUpstream, s_card).Ok);
        Assert.False(Mask(batch, Direction.ToClient, s_card).Ok);
    }

    [Fact]
    public void A_control_batch_of_a_client_is_refused()
    {
        var batch = Batches.Write(RecordCodec.None, Batches.Control, new Batches.Record("\0\0\0\u0001", Secret));

        Assert.False(Mask(batch, Direction.ToUpstream, s_card).Ok);
        Assert.True(Mask(batch, Direction.ToClient, s_card).Ok);
    }

    [Theory]
    [InlineData(RecordCodec.Gzip)]
    [InlineData(RecordCodec.Snappy)]
    [InlineData(RecordCodec.Lz4)]
    [InlineData(RecordCodec.Zstd)]
    public void What_decompresses_to_more_than_a_frame_may_hold_is_refused(RecordCodec codec)
    {
        var bomb = Batches.Sealed(codec, 0, 1, new byte[Limits.Default.KafkaMaskedRecords + 1]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Mask(bomb, Direction.ToClient, s_card).Ok);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8L * Limits.Default.KafkaMaskedRecords);
    }

    [Fact]
    public void What_masking_would_make_too_long_is_refused_wherever_in_a_frame_it_is()
    {
        static Batches.Record Ones(int count) => new("k", $"[{string.Join(',', Enumerable.Repeat('1', count))}]");
        var rule = Rule(Redact(new string('x', 256)), "$[*]");
        var most = Limits.Default.MaskedOutput / 259;

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Mask(Batches.Write(RecordCodec.Zstd, 0, Ones(32 * most)), Direction.ToClient, rule).Ok);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8L * Limits.Default.MaskedOutput);

        Assert.False(Mask(Batches.Write(RecordCodec.Zstd, 0, Ones(most / 2), Ones(most / 2 + 4)), Direction.ToClient, rule).Ok);
        Assert.True(Mask(Batches.Write(RecordCodec.Zstd, 0, Ones(most / 2), Ones(most / 2 - 4)), Direction.ToClient, rule).Ok);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Older_message_formats_are_refused(byte magic)
    {
        var batch = Batches.Write(RecordCodec.None, 0, new Batches.Record("k", Secret));
        batch[16] = magic;

        Assert.False(Mask(batch, Direction.ToClient, s_card).Ok);
    }

    static (bool Ok, byte[] Result) Mask(byte[] batches, Direction direction, params MaskingRule[] rules) => TryMask(batches, direction, out _, rules);

    static (bool Ok, byte[] Result) TryMask(byte[] batches, Direction direction, out bool isChanged, params MaskingRule[] rules)
    {
        var compiled = MaskingRules.TryCreate(rules, ProtocolCatalog.Find("kafka")!.MatchesTopic)!;
        var masker = new Masker(compiled, MaskingKey.Of(MaskBench.Secret)) { Compression = RecordCompression.Instance };
        var mask = new BatchMask(masker, Limits.Default);
        mask.Begin();
        var target = new PooledWriter();
        var ok = mask.TryMask(batches, masker.PlanOf(direction, "t"u8)!, direction, target, out isChanged);
        return (ok, target.Span.ToArray());
    }
}

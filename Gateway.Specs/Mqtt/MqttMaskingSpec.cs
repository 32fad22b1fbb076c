using System.Buffers;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Masking;
using Xunit;
using static Gateway.Specs.Masking.MaskBench;

namespace Gateway.Specs.Mqtt;

public sealed class MqttMaskingSpec
{
    static readonly MaskingRule s_card = Rule(Redact("***"), "$.card") with { Topics = ["pay/#"] };

    [Theory]
    [InlineData(ProtocolLevel.V311, 0)]
    [InlineData(ProtocolLevel.V311, 2)]
    [InlineData(ProtocolLevel.V5, 1)]
    public void What_is_published_is_masked_wherever_its_packet_is_cut(ProtocolLevel level, int qos)
    {
        foreach (var direction in new[] { Direction.ToUpstream, Direction.ToClient })
        {
            byte[] sent =
            [
                .. Frames.Publish(level, "pay/1", """{"card":4111111111111111,"x":1}""", qos), .. Frames.Publish(level, "other", """{"card":1}""", qos),
                .. Frames.Publish(level, "pay", "{}", qos),
            ];
            byte[] masked =
            [
                .. Frames.Publish(level, "pay/1", """{"card":"***","x":1}""", qos), .. Frames.Publish(level, "other", """{"card":1}""", qos),
                .. Frames.Publish(level, "pay", "{}", qos),
            ];
            for (var cut = 0; cut <= sent.Length; cut++)
            {
                var conversation = Opened(level, s_card);
                var relayed = new ArrayBufferWriter<byte>();
                Assert.Equal(Refusal.None, Relay(conversation, direction, sent.AsSpan(0, cut), relayed).Refusal);
                Assert.True(masked.AsSpan().StartsWith(relayed.WrittenSpan));
                Assert.Equal(Refusal.None, Relay(conversation, direction, sent.AsSpan(cut), relayed).Refusal);
                Assert.Equal(masked, relayed.WrittenSpan.ToArray());
                Assert.Equal(Refusal.None, conversation.FinishDirection(direction));
            }
        }
    }

    [Fact]
    public void A_payload_that_grows_or_shrinks_has_its_length_told_anew()
    {
        var large = $$"""{"card":"{{new string('x', 300)}}"}""";
        var conversation = Opened(ProtocolLevel.V311, s_card);
        var relayed = new ArrayBufferWriter<byte>();

        Relay(conversation, Direction.ToClient, Frames.Publish(ProtocolLevel.V311, "pay/1", large), relayed);

        Assert.Equal(Frames.Publish(ProtocolLevel.V311, "pay/1", """{"card":"***"}"""), relayed.WrittenSpan.ToArray());
    }

    [Fact]
    public void An_alias_stands_for_the_rules_of_its_topic()
    {
        var conversation = Opened(ProtocolLevel.V5, new MaskingRule { Name = "all", Action = Redact("*"), Topics = ["pay/#"] });
        var relayed = new ArrayBufferWriter<byte>();
        static byte[] ByAlias(string topic, string payload)
        {
            var packet = Frames.PublishByAlias(topic, 1);
            return [packet[0], (byte)(packet[1] + payload.Length), .. packet[2..], .. Encoding.UTF8.GetBytes(payload)];
        }

        foreach (var (topic, payload) in new[] { ("pay/1", "secret"), ("", "secret"), ("free", "open"), ("", "open") })
            Relay(conversation, Direction.ToUpstream, ByAlias(topic, payload), relayed);

        Assert.Equal([.. ByAlias("pay/1", "*"), .. ByAlias("", "*"), .. ByAlias("free", "open"), .. ByAlias("", "open")], relayed.WrittenSpan.ToArray());
    }

    [Theory]
    [InlineData(Direction.ToUpstream, Refusal.PayloadUnreadable)]
    [InlineData(Direction.ToClient, Refusal.UpstreamPayloadUnreadable)]
    public void What_a_strict_rule_cannot_read_ends_the_session_and_the_client_is_told(Direction direction, Refusal refusal)
    {
        var conversation = Opened(ProtocolLevel.V5, s_card);
        var packet = Frames.Publish(ProtocolLevel.V5, "pay/1", "card 4111111111111111");
        var relayed = new ArrayBufferWriter<byte>();
        Assert.Equal(Refusal.None, Relay(conversation, direction, packet.AsSpan(0, 15), relayed).Refusal);

        var verdict = Relay(conversation, direction, packet.AsSpan(15), relayed);

        Assert.Equal(refusal, verdict.Refusal);
        Assert.Contains("rule fields is strict", verdict.Detail, StringComparison.Ordinal);
        Assert.Equal(0, relayed.WrittenCount);
        var words = new ArrayBufferWriter<byte>();
        conversation.Refuse(verdict.Refusal, words);
        Assert.Equal(0xE0, words.WrittenSpan[0]);
    }

    [Fact]
    public void A_payload_too_large_to_be_held_is_refused_before_it_is_held_and_passes_where_no_rule_is_for_it()
    {
        var most = (uint)Limits.Default.MqttMasked;
        var relayed = new ArrayBufferWriter<byte>();

        var masked = Relay(Opened(ProtocolLevel.V311, s_card), Direction.ToUpstream, Frames.PublishHead(ProtocolLevel.V311, "pay/1", most + 8), relayed);
        var free = Relay(Opened(ProtocolLevel.V311, s_card), Direction.ToUpstream, Frames.PublishHead(ProtocolLevel.V311, "other", most + 8), relayed);

        Assert.Equal((Refusal.FrameTooLarge, Refusal.None), (masked.Refusal, free.Refusal));
    }

    [Fact]
    public void What_masking_would_make_too_long_is_refused()
    {
        var ones = $"[{string.Join(',', Enumerable.Repeat('1', Limits.Default.MqttMasked / 2 - 1))}]";
        var relayed = new ArrayBufferWriter<byte>();

        var verdict = Relay(
            Opened(ProtocolLevel.V311, Rule(Redact(new string('x', 256)), "$[*]")), Direction.ToUpstream, Frames.Publish(ProtocolLevel.V311, "pay/1", ones), relayed);

        Assert.Equal((Refusal.PayloadUnreadable, 0), (verdict.Refusal, relayed.WrittenCount));
        Assert.Contains($"{Limits.Default.MaskedOutput} bytes", verdict.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Direction.ToUpstream, Refusal.FrameTooLarge)]
    [InlineData(Direction.ToClient, Refusal.UpstreamFrameTooLarge)]
    public void A_packet_that_grows_beyond_what_its_receiver_or_the_gateway_accepts_is_refused(Direction direction, Refusal refusal)
    {
        var sent = Frames.Publish(ProtocolLevel.V5, "pay/1", """{"card":1}""");
        var masked = Frames.Publish(ProtocolLevel.V5, "pay/1", """{"card":"twelve bytes"}""");
        var grows = Rule(Redact("twelve bytes"), "$.card");
        foreach (var (largest, own) in new[] { (masked.Length, Limits.Default.MqttPacket), (200, masked.Length) })
        {
            var relayed = new ArrayBufferWriter<byte>();
            Assert.Equal(Refusal.None, Relay(Agreed(largest, own, grows), direction, sent, relayed).Refusal);
            Assert.Equal(masked, relayed.WrittenSpan.ToArray());
        }

        foreach (var (largest, own, whose) in new[]
        {
            (masked.Length - 1, Limits.Default.MqttPacket, "its receiver"), (200, masked.Length - 1, "the gateway"),
        })
        {
            var relayed = new ArrayBufferWriter<byte>();
            var verdict = Relay(Agreed(largest, own, grows), direction, sent, relayed);
            Assert.Equal((refusal, 0), (verdict.Refusal, relayed.WrittenCount));
            Assert.Contains($"{masked.Length - 1} bytes {whose} accepts", verdict.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void User_properties_are_headers()
    {
        var conversation = Opened(
            ProtocolLevel.V5, Detecting("email") with { Headers = ["*"] }, new MaskingRule { Name = "trace", Action = new(MaskingKind.Drop), Headers = ["trace"] });
        var relayed = new ArrayBufferWriter<byte>();
        static byte[] Packet(params (string Name, string Value)[] properties)
        {
            byte[] block = [0x01, 1, .. properties.SelectMany(p => (byte[])[PropertyTable.UserProperty, .. Text(p.Name), .. Text(p.Value)])];
            byte[] body = [.. Text("t"), (byte)block.Length, .. block, (byte)'p'];
            return [0x30, (byte)body.Length, .. body];
        }

        Relay(conversation, Direction.ToUpstream, Packet(("from", "me@example.org"), ("trace", "1"), ("n", "v")), relayed);

        Assert.Equal(Packet(("from", "#"), ("n", "v")), relayed.WrittenSpan.ToArray());
    }

    [Fact]
    public void A_will_is_masked_before_it_is_recorded_and_before_the_upstream_hears_of_it()
    {
        byte[] body = [.. Text("MQTT"), 4, 0b1100_0110, 0, 60, .. Text("c1"), .. Text("pay/1"), .. Text("""{"card":4111111111111111}"""), .. Text("u"), .. Text("t")];
        var conversation = new MqttConversation(Limits.Default);
        var (record, aside, upstream) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        conversation.ReadLogin([0x10, (byte)body.Length, .. body], aside);
        conversation.Mask(MaskBench.Begin(s_card));

        Assert.Equal(Refusal.None, conversation.Admit(OperationRules.Everything, record, aside).Refusal);
        conversation.StartUpstreamLogin(UpstreamCredentials.None, upstream);

        foreach (var written in new[] { record, upstream })
        {
            Assert.True(written.WrittenSpan.IndexOf("""{"card":"***"}"""u8) > 0);
            Assert.True(written.WrittenSpan.IndexOf("4111"u8) < 0);
            Assert.Equal(written.WrittenCount, written.WrittenSpan[1] + 2);
        }
    }

    [Fact]
    public void A_will_that_cannot_be_masked_is_refused_and_the_rule_is_told()
    {
        byte[] will = [.. Text("pay/1"), .. Text("card 4111")];
        byte[] body = [.. Text("MQTT"), 4, 0b1100_0110, 0, 60, .. Text("c1"), .. will, .. Text("u"), .. Text("t")];
        var conversation = new MqttConversation(Limits.Default);
        var (record, aside) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        conversation.ReadLogin([0x10, (byte)body.Length, .. body], aside);
        conversation.Mask(MaskBench.Begin(s_card));

        var admitted = conversation.Admit(OperationRules.Everything, record, aside);

        Assert.Equal(Refusal.PayloadUnreadable, admitted.Refusal);
        Assert.Contains("will", admitted.Detail, StringComparison.Ordinal);
        Assert.Contains("rule fields is strict", admitted.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("4111", admitted.Detail, StringComparison.Ordinal);
        Assert.Equal(0, record.WrittenCount);
    }

    static RelayVerdict Relay(MqttConversation conversation, Direction direction, ReadOnlySpan<byte> input, ArrayBufferWriter<byte> relayed)
    {
        var aside = new ArrayBufferWriter<byte>();
        var output = direction == Direction.ToUpstream ? new RelayOutput(relayed, aside) : new RelayOutput(aside, relayed);
        var before = relayed.WrittenCount;
        var verdict = conversation.Relay(direction, input, output);
        if (verdict.IsWhole)
        {
            Assert.Equal(before, relayed.WrittenCount);
            relayed.Write(input);
        }

        return verdict;
    }

    static MqttConversation Opened(ProtocolLevel level, params MaskingRule[] rules) =>
        Opened(Frames.Connect(level, "u", "t"), Frames.ConnAck(level, aliases: true), Limits.Default, rules);

    /// <summary>A session of MQTT 5 in which neither side accepts a packet larger than that; the gateway has a limit of its own.</summary>
    static MqttConversation Agreed(int largest, long own, params MaskingRule[] rules)
    {
        byte[] properties = [5, PropertyTable.MaximumPacketSize, 0, 0, 0, (byte)largest];
        byte[] connect = [.. Text("MQTT"), 5, 0b1100_0010, 0, 60, .. properties, .. Text("c1"), .. Text("u"), .. Text("t")];
        byte[] connAck = [0x20, (byte)(2 + properties.Length), 0, 0, .. properties];
        return Opened([0x10, (byte)connect.Length, .. connect], connAck, Limits.Default with { MqttPacket = own }, rules);
    }

    static MqttConversation Opened(byte[] connect, byte[] connAck, Limits limits, MaskingRule[] rules)
    {
        var conversation = new MqttConversation(limits);
        var aside = new ArrayBufferWriter<byte>();
        conversation.ReadLogin(connect, aside);
        conversation.Mask(MaskBench.Begin(rules));
        Assert.Equal(Refusal.None, conversation.Admit(OperationRules.Everything, aside, aside).Refusal);
        conversation.StartUpstreamLogin(UpstreamCredentials.None, aside);
        Assert.True(conversation.ReadUpstreamLogin(connAck, aside).IsDone);
        conversation.Relay(Direction.ToClient, connAck, new RelayOutput(aside, aside));
        return conversation;
    }

    static byte[] Text(string text) => [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
}

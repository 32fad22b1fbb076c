using System.Buffers;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class MqttConversationSpec
{
    static readonly OperationRules s_rules =
        new([new("publish", "plant/+/state"), new("subscribe", "plant/#")], [new("*", "plant/secret/#")]);

    [Fact]
    public void Credentials_of_the_client_never_reach_the_record_nor_the_upstream()
    {
        var connect = Frames.Connect(ProtocolLevel.V5, "alice", "a-secret-token");
        var session = Begin(connect, OperationRules.Everything, new("gw", "own-password"));

        session.Feed(Direction.ToClient, Frames.ConnAck(ProtocolLevel.V5));

        Assert.Equal(("alice", "a-secret-token", "c1"), (session.Proof!.UserName, session.Proof.Token, session.Proof.ClientName));
        Assert.Equal(Frames.Connect(ProtocolLevel.V5, "", ""), session.Record);
        Assert.Equal(Frames.Connect(ProtocolLevel.V5, "gw", "own-password"), session.ToUpstream);
        Assert.Equal(Frames.ConnAck(ProtocolLevel.V5), session.ToClient);
    }

    [Fact]
    public void A_client_without_a_password_offers_no_token()
    {
        var session = Begin(Frames.Connect(ProtocolLevel.V311, "alice", null), OperationRules.Everything);

        Assert.Equal(("alice", null), (session.Proof!.UserName, session.Proof.Token));
    }

    [Fact]
    public void Whoever_sends_disconnect_has_taken_its_leave()
    {
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        var client = Opened(ProtocolLevel.V311, s_rules);
        var upstream = Opened(ProtocolLevel.V5, s_rules);
        byte[] disconnect = [0xE0, 0];
        Assert.Equal((null, null), (client.Farewell, upstream.Farewell));

        client.Relay(Direction.ToUpstream, disconnect, output);
        upstream.Relay(Direction.ToClient, disconnect, output);

        Assert.Equal((Direction.ToUpstream, Direction.ToClient), (client.Farewell, upstream.Farewell));
    }

    [Theory]
    [InlineData(ProtocolLevel.V311, true)]
    [InlineData(ProtocolLevel.V5, true)]
    [InlineData(ProtocolLevel.V5, false)]
    public void A_256_MiB_publish_passes_at_flat_memory(ProtocolLevel level, bool allowed)
    {
        var conversation = Opened(level, s_rules);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        var head = Frames.PublishHead(level, allowed ? "plant/1/state" : "plant/secret/state", VariableByteInteger.Max);
        var chunk = new byte[64 * 1024];
        Assert.Equal(allowed, conversation.Relay(Direction.ToUpstream, head, output).IsWhole);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var passed = 0L;
        for (var left = VariableByteInteger.Max - (head.Length - 5); left > 0;)
        {
            var length = (int)Math.Min(left, chunk.Length);
            if (conversation.Relay(Direction.ToUpstream, chunk.AsSpan(0, length), output).IsWhole) passed += length;
            left -= length;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
        Assert.Equal(allowed ? VariableByteInteger.Max - (head.Length - 5) : 0, passed);
        Assert.Equal(0, ((CountingWriter)output.ToUpstream).Written);
        Assert.Equal(Refusal.None, conversation.FinishDirection(Direction.ToUpstream));
    }

    [Theory]
    [InlineData(ProtocolLevel.V311)]
    [InlineData(ProtocolLevel.V5)]
    public void An_allowed_stream_passes_without_allocation(ProtocolLevel level)
    {
        var conversation = Opened(level, s_rules);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        var chunk = Repeated(Frames.Publish(level, "plant/1/state", "21.5"), 500);
        Assert.True(conversation.Relay(Direction.ToUpstream, chunk, output).IsWhole);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var whole = true;
        for (var round = 0; round < 100; round++) whole &= conversation.Relay(Direction.ToUpstream, chunk, output).IsWhole;

        Assert.Equal((true, 0), (whole, GC.GetAllocatedBytesForCurrentThread() - before));
    }

    [Fact]
    public void What_is_published_subscribed_and_delivered_is_noted_once_and_what_is_denied_is_not()
    {
        var conversation = Opened(ProtocolLevel.V5, s_rules);
        var output = new RelayOutput(new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        foreach (var topic in new[] { "plant/1/state", "plant/1/state", "elsewhere", "plant/2/state" })
            conversation.Relay(Direction.ToUpstream, Frames.Publish(ProtocolLevel.V5, topic, "21.5"), output);
        conversation.Relay(Direction.ToUpstream, Frames.Subscribe(ProtocolLevel.V5, 7, "plant/1/#", "other"), output);
        conversation.Relay(Direction.ToClient, Frames.Publish(ProtocolLevel.V5, "plant/1/alarm", "!"), output);

        Assert.Equal(
            ["publish plant/1/state", "publish plant/2/state", "subscribe plant/1/#", "subscribe plant/1/alarm"],
            conversation.Seen.Take().Select(one => $"{one.Operation} {one.Resource}"));
        Assert.Equal(["elsewhere", "other"], output.Denied.Select(one => one.Resource));
    }

    [Fact]
    public void A_head_that_arrives_byte_by_byte_costs_no_more_than_its_own_length()
    {
        var conversation = Opened(ProtocolLevel.V5, OperationRules.Everything);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        var topic = new string('t', 65_000);
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var b in Frames.Publish(ProtocolLevel.V5, topic, "x")) conversation.Relay(Direction.ToUpstream, [b], output);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
        Assert.Equal(Frames.Publish(ProtocolLevel.V5, topic, "x").Length, ((CountingWriter)output.ToUpstream).Written + 1);
    }

    [Theory]
    [InlineData(Direction.ToUpstream, Refusal.FrameMalformed)]
    [InlineData(Direction.ToClient, Refusal.UpstreamFrameMalformed)]
    public void A_packet_cut_short_is_reported_and_not_forwarded(Direction direction, Refusal expected)
    {
        var publish = Frames.Publish(ProtocolLevel.V311, "a", "payload");
        for (var cut = 1; cut < publish.Length; cut++)
        {
            var conversation = Opened(ProtocolLevel.V311, OperationRules.Everything);
            var output = new RelayOutput(new CountingWriter(), new CountingWriter());
            var verdict = conversation.Relay(direction, publish.AsSpan(0, cut), output);
            Assert.Equal((expected, cut >= 5), (conversation.FinishDirection(direction), verdict.IsWhole));
        }
    }

    [Fact]
    public void Denied_operations_may_not_pile_up_while_their_answers_wait()
    {
        var conversation = Opened(ProtocolLevel.V5, s_rules);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        conversation.Relay(Direction.ToClient, Frames.PublishHead(ProtocolLevel.V5, "plant/1", 1_000_000), output);
        var flood = Repeated(Frames.Publish(ProtocolLevel.V5, "other", "x", qos: 1), (Limits.Default.MqttAnswers / 5) + 1);

        var verdict = conversation.Relay(Direction.ToUpstream, flood, output);

        Assert.Equal((Refusal.OperationDenied, 0), (verdict.Refusal, ((CountingWriter)output.ToClient).Written));
    }

    [Fact]
    public void A_long_name_denied_over_and_over_by_its_alias_does_not_swell_the_record()
    {
        var conversation = Opened(ProtocolLevel.V5, s_rules);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        conversation.Relay(Direction.ToUpstream, Frames.PublishByAlias(new string('t', 60_000), 1), output);

        var verdict = conversation.Relay(Direction.ToUpstream, Repeated(Frames.PublishByAlias("", 1), 5), output);

        Assert.Equal(Refusal.OperationDenied, verdict.Refusal);
        Assert.InRange(output.Denied.Sum(d => d.Resource.Length), 60_000, Limits.Default.DeniedNames);
    }

    [Fact]
    public void More_denials_at_once_than_a_record_holds_end_the_session()
    {
        var conversation = Opened(ProtocolLevel.V311, s_rules);
        var output = new RelayOutput(new CountingWriter(), new CountingWriter());
        var flood = Repeated(Frames.Publish(ProtocolLevel.V311, "x", ""), EventLimits.Operations + 1);

        var verdict = conversation.Relay(Direction.ToUpstream, flood, output);

        Assert.Equal((Refusal.OperationDenied, EventLimits.Operations), (verdict.Refusal, output.Denied.Count));
    }

    [Fact]
    public void A_subscribe_whose_answer_could_not_be_merged_is_answered_as_quota_exceeded()
    {
        var session = Begin(Frames.Connect(ProtocolLevel.V5, "u", "t"), s_rules);
        session.Feed(Direction.ToClient, Frames.ConnAck(ProtocolLevel.V5));
        for (ushort id = 1; id <= Limits.Default.MqttPartialSubscribes; id++)
            session.Feed(Direction.ToUpstream, Frames.Subscribe(ProtocolLevel.V5, id, "plant/1", "other"));
        var (upstreamGot, clientGot) = (session.ToUpstream.Length, session.ToClient.Length);

        session.Feed(Direction.ToUpstream, Frames.Subscribe(ProtocolLevel.V5, 999, "plant/1", "other"));

        Assert.Equal(upstreamGot, session.ToUpstream.Length);
        Assert.Equal("900503E7009787", Convert.ToHexString(session.ToClient.AsSpan(clientGot)));
    }

    [Theory]
    [InlineData(ProtocolLevel.V5, "E0029800")]
    [InlineData(ProtocolLevel.V311, "")]
    public void The_client_is_told_of_the_end_between_packets_only(ProtocolLevel level, string words)
    {
        var between = Opened(level, OperationRules.Everything);
        var within = Opened(level, OperationRules.Everything);
        within.Relay(Direction.ToClient, Frames.PublishHead(level, "a", 100), new RelayOutput(new CountingWriter(), new CountingWriter()));
        var (betweenGot, withinGot) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());

        between.Refuse(Refusal.None, betweenGot);
        within.Refuse(Refusal.None, withinGot);

        Assert.Equal(words, Convert.ToHexString(betweenGot.WrittenSpan));
        Assert.Equal(0, withinGot.WrittenCount);
    }

    [Fact]
    public void Words_of_a_chunk_that_was_refused_are_not_taken_for_sent()
    {
        var session = Begin(Frames.Connect(ProtocolLevel.V5, "u", "t"), OperationRules.Everything);

        session.Feed(Direction.ToClient, [.. Frames.ConnAck(ProtocolLevel.V5), 0xD0, 1]);
        session.Feed(Direction.ToClient, [0]);

        Assert.Equal(Refusal.UpstreamFrameMalformed, session.Refusal);
        Assert.StartsWith("2003000000E0", Convert.ToHexString(session.ToClient), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_refusal_has_words_that_its_packet_may_carry()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
        {
            foreach (var level in Enum.GetValues<ProtocolLevel>())
            {
                var login = new BottledSession(new MqttConversation(Limits.Default), OperationRules.Everything, UpstreamCredentials.None);
                login.Feed(Direction.ToUpstream, Frames.Connect(level, "u", "t"));
                login.End(refusal);
                if (login.ToClient.Length > 0) AssertReads(level, login.ToClient);

                var opened = Begin(Frames.Connect(level, "u", "t"), OperationRules.Everything);
                opened.Feed(Direction.ToClient, Frames.ConnAck(level));
                opened.End(refusal);
                AssertReads(level, opened.ToClient);
            }
        }
    }

    /// <summary>Another session reads it as what an upstream sends.</summary>
    static void AssertReads(ProtocolLevel level, byte[] toClient)
    {
        var reader = Begin(Frames.Connect(level, "u", "t"), OperationRules.Everything);
        reader.Feed(Direction.ToClient, toClient);
        Assert.True(
            reader.Refusal is Refusal.None or Refusal.UpstreamUnreachable or Refusal.UpstreamLost or Refusal.UpstreamCredentialsRefused,
            reader.Detail);
    }

    static BottledSession Begin(byte[] connect, OperationRules rules, UpstreamCredentials? login = null)
    {
        var session = new BottledSession(new MqttConversation(Limits.Default), rules, login ?? UpstreamCredentials.None);
        session.Feed(Direction.ToUpstream, connect);
        return session;
    }

    static MqttConversation Opened(ProtocolLevel level, OperationRules rules)
    {
        var conversation = new MqttConversation(Limits.Default);
        var aside = new ArrayBufferWriter<byte>();
        conversation.ReadLogin(Frames.Connect(level, "u", "t"), aside);
        Assert.Equal(Refusal.None, conversation.Admit(rules, aside, aside).Refusal);
        conversation.StartUpstreamLogin(UpstreamCredentials.None, aside);
        Assert.True(conversation.ReadUpstreamLogin(Frames.ConnAck(level, aliases: true), aside).IsDone);
        Assert.True(conversation.Relay(Direction.ToClient, Frames.ConnAck(level, aliases: true), new RelayOutput(aside, aside)).IsWhole);
        return conversation;
    }

    static byte[] Repeated(byte[] packet, int times) => [.. Enumerable.Repeat(packet, times).SelectMany(p => p)];

    /// <summary>Counts what is written and keeps none of it.</summary>
    sealed class CountingWriter : IBufferWriter<byte>
    {
        readonly byte[] _scratch = new byte[256 * 1024];

        public long Written { get; private set; }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _scratch;

        public Span<byte> GetSpan(int sizeHint = 0) => _scratch;
    }
}

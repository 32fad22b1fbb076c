using System.Buffers;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Sasl;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>The gateway logs in to the broker again while its client streams (KIP-368).</summary>
public sealed class KafkaRenewalSpec
{
    static readonly MessageLayout s_asked = KafkaApi.All[3].Request(1);
    static readonly MessageLayout s_answered = KafkaApi.All[3].Response(1);
    static readonly MessageLayout s_choose = KafkaApi.All[17].Request(1);
    static readonly MessageLayout s_prove = KafkaApi.All[36].Request(1);
    static readonly MessageLayout s_chosen = KafkaApi.All[17].Response(1);
    static readonly MessageLayout s_authenticated = KafkaApi.All[36].Response(2);
    static readonly UpstreamCredentials s_credentials = new("gateway", "new password") { Mechanism = SaslMechanism.Plain };

    readonly ArrayBufferWriter<byte> _toUpstream = new();
    readonly ArrayBufferWriter<byte> _toClient = new();
    readonly ArrayBufferWriter<byte> _own = new();
    readonly KafkaConversation _conversation = new(Limits.Default);
    readonly RelayOutput _output;

    public KafkaRenewalSpec()
    {
        _output = new RelayOutput(_toUpstream, _toClient, _own);
        var nobody = new ArrayBufferWriter<byte>();
        _conversation.Begin(new Circumstances("localhost", 9092)
        {
            Upstream = new KafkaFacts(KafkaRanges.Everything, new Dictionary<int, BrokerAddress> { [1] = new("broker", 9092) }),
            PlaceOf = _ => ("localhost", 9092),
        });
        _conversation.ReadLogin(Request(0), nobody);
        _conversation.Admit(new OperationRules([], []), nobody, nobody);
        _conversation.StartUpstreamLogin(new UpstreamCredentials("gateway", "password"), nobody);
        foreach (var answer in new[] { Chosen(0), Authenticated(1, lasts: 60_000) }) _conversation.ReadUpstreamLogin(answer, nobody);
    }

    [Fact]
    public void What_the_broker_says_of_the_time_a_login_lasts_is_known_and_moves_with_each()
    {
        Assert.Equal(TimeSpan.FromMinutes(1), _conversation.UpstreamLasts);

        _conversation.RenewUpstream(s_credentials, _output);
        Hear(Chosen(0));
        Hear(Authenticated(1, lasts: 300_000));

        Assert.Equal((TimeSpan.FromMinutes(5), false), (_conversation.UpstreamLasts, _conversation.AwaitsUpstream));
    }

    [Fact]
    public void The_login_goes_out_on_its_own_between_two_requests_and_its_answers_do_not_reach_the_client()
    {
        _conversation.RenewUpstream(s_credentials, _output);
        var handshake = Taken(_own);
        Hear(Chosen(0));
        var proof = Taken(_own);
        Hear(Authenticated(1, lasts: 0));

        Assert.Equal((17, 36), (handshake[5], proof[5]));
        Assert.True(proof.AsSpan().IndexOf("\0gateway\0new password"u8) > 0);
        Assert.Equal((0, 0), (_toUpstream.WrittenCount, _toClient.WrittenCount));
        Assert.Null(_conversation.UpstreamLasts);
    }

    [Fact]
    public void Answers_to_what_the_client_asked_before_come_first_and_reach_it()
    {
        Say(Request(1));
        Say(Request(2));
        _conversation.RenewUpstream(s_credentials, _output);

        Hear([.. Response(1), .. Response(2), .. Chosen(0)]);

        Assert.Equal([.. Response(1), .. Response(2)], Taken(_toClient));
        Assert.True(_conversation.AwaitsUpstream);
    }

    [Fact]
    public void What_the_client_asks_meanwhile_waits_and_goes_out_behind_the_login_byte_for_byte()
    {
        _conversation.RenewUpstream(s_credentials, _output);
        byte[] asked = [.. Request(1), .. Request(2), .. Request(3)[..11]];
        foreach (var part in asked.Chunk(7)) Say(part);
        Assert.Equal(0, _toUpstream.WrittenCount);

        Hear(Chosen(0));
        Assert.Equal(0, _toUpstream.WrittenCount);
        Hear(Authenticated(1, lasts: 0));
        Say(Request(3)[11..]);

        Assert.Equal([.. Request(1), .. Request(2), .. Request(3)], Taken(_toUpstream));
        Hear([.. Response(1), .. Response(2), .. Response(3)]);
        Assert.Equal([.. Response(1), .. Response(2), .. Response(3)], Taken(_toClient));
    }

    public static TheoryData<int> Cuts => [.. Enumerable.Range(1, Request(1).Length - 1)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_request_that_is_under_way_is_finished_first_and_the_next_one_waits(int cut)
    {
        Say(Request(1)[..cut]);
        _conversation.RenewUpstream(s_credentials, _output);
        Assert.Equal(0, _own.WrittenCount);

        Say([.. Request(1)[cut..], .. Request(2)]);

        Assert.Equal(Request(1), Taken(_toUpstream));
        Assert.Equal(17, Taken(_own)[5]);
        Hear([.. Response(1), .. Chosen(0), .. Authenticated(1, lasts: 0)]);
        Assert.Equal(Request(2), Taken(_toUpstream));
        Assert.Equal(Response(1), Taken(_toClient));
    }

    [Fact]
    public void The_brokers_answers_may_be_cut_anywhere()
    {
        Say(Request(1));
        _conversation.RenewUpstream(s_credentials, _output);
        foreach (var part in Response(1).Concat(Chosen(0)).Concat(Authenticated(1, lasts: 1000)).Select(b => (byte[])[b])) Hear(part);

        Assert.Equal(Response(1), Taken(_toClient));
        Assert.Equal((TimeSpan.FromSeconds(1), false), (_conversation.UpstreamLasts, _conversation.AwaitsUpstream));
    }

    [Fact]
    public void A_client_whose_own_new_proof_is_judged_meanwhile_gets_its_answer_when_it_is()
    {
        Say(KafkaFrame.Request(s_choose, 7, new StructValue(s_choose.Body).With("Mechanism", "PLAIN")));
        Say(KafkaFrame.Request(s_prove, 8, new StructValue(s_prove.Body).With("AuthBytes", "\0me\0token"u8.ToArray())));
        Assert.NotNull(_output.Proof);
        Taken(_toClient);
        _conversation.RenewUpstream(s_credentials, _output);

        Hear(Chosen(0));
        _conversation.Renewed(_toClient);
        Assert.Equal(0, _toClient.WrittenCount);
        Hear(Authenticated(1, lasts: 0));

        Assert.Equal(8, Taken(_toClient)[7]);
        Say(Request(9));
        Hear(Response(9));
        Assert.Equal(Response(9), Taken(_toClient));
    }

    [Fact]
    public void The_answer_to_a_clients_own_new_proof_does_not_keep_the_brokers_waiting()
    {
        Say(KafkaFrame.Request(s_choose, 7, new StructValue(s_choose.Body).With("Mechanism", "PLAIN")));
        Say(KafkaFrame.Request(s_prove, 8, new StructValue(s_prove.Body).With("AuthBytes", "\0me\0token"u8.ToArray())));
        Taken(_toClient);
        _conversation.RenewUpstream(s_credentials, _output);
        Hear(Chosen(0));
        Hear(Authenticated(1, lasts: 0));
        Assert.Equal((0, false), (_toClient.WrittenCount, _conversation.AwaitsUpstream));

        _conversation.Renewed(_toClient);

        Assert.Equal(8, Taken(_toClient)[7]);
    }

    [Fact]
    public void A_broker_that_does_not_take_it_ends_the_session_and_no_answer_of_its_own_is_told()
    {
        _conversation.RenewUpstream(s_credentials, _output);
        Hear(Chosen(0));
        var body = new StructValue(s_authenticated.Body).With("ErrorCode", 58).With("ErrorMessage", "new password");

        var verdict = _conversation.Relay(Direction.ToClient, KafkaFrame.Response(s_authenticated, 1, body), _output);

        Assert.Equal((Refusal.UpstreamCredentialsRefused, "the upstream refused the gateway's login with error 58"), (verdict.Refusal, verdict.Detail));
        Assert.Equal(0, _toClient.WrittenCount);
    }

    [Fact]
    public void Answers_to_another_question_end_the_session()
    {
        _conversation.RenewUpstream(s_credentials, _output);

        Assert.Equal(Refusal.UpstreamFrameMalformed, _conversation.Relay(Direction.ToClient, Chosen(7), _output).Refusal);
    }

    [Fact]
    public void A_client_that_sends_ever_more_while_it_waits_is_sent_away()
    {
        _conversation.RenewUpstream(s_credentials, _output);
        var verdict = RelayVerdict.PassWhole;
        for (var sent = 0; verdict.Refusal == Refusal.None && sent < 2 * Limits.Default.KafkaPaused; sent += 64 * 1024)
            verdict = _conversation.Relay(Direction.ToUpstream, new byte[64 * 1024], _output);

        Assert.Equal(Refusal.FrameTooLarge, verdict.Refusal);
    }

    void Say(byte[] bytes) => Relay(Direction.ToUpstream, bytes);

    void Hear(byte[] bytes) => Relay(Direction.ToClient, bytes);

    void Relay(Direction direction, byte[] bytes)
    {
        var verdict = _conversation.Relay(direction, bytes, _output);
        Assert.Equal(Refusal.None, verdict.Refusal);
        if (verdict.IsWhole) _output.Towards(direction).Write(bytes);
    }

    static byte[] Taken(ArrayBufferWriter<byte> written)
    {
        var bytes = written.WrittenSpan.ToArray();
        written.Clear();
        return bytes;
    }

    static byte[] Request(int id) => KafkaFrame.Request(s_asked, id, new StructValue(s_asked.Body));

    static byte[] Response(int id) => KafkaFrame.Response(s_answered, id, new StructValue(s_answered.Body));

    static byte[] Chosen(int id) => KafkaFrame.Response(s_chosen, id, new StructValue(s_chosen.Body));

    static byte[] Authenticated(int id, long lasts) =>
        KafkaFrame.Response(s_authenticated, id, new StructValue(s_authenticated.Body).With("SessionLifetimeMs", lasts));
}

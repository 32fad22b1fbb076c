using System.Buffers;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Sasl;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>Clients of Kafka log in by SCRAM, as accounts of the connection's own.</summary>
public sealed class KafkaAccountsSpec
{
    const short Metadata = 3;
    const short Handshake = 17;
    const short Authenticate = 36;
    const int Head = 9;

    static readonly byte[] s_salt = Encoding.ASCII.GetBytes("salt of sixteen.");

    readonly KafkaConversation _conversation = new(Limits.Default);
    readonly ArrayBufferWriter<byte> _toClient = new();
    readonly ScramClient _client = Client();

    [Theory]
    [InlineData(true, true, "OAUTHBEARER PLAIN SCRAM-SHA-512 SCRAM-SHA-256")]
    [InlineData(true, false, "OAUTHBEARER PLAIN")]
    [InlineData(false, true, "SCRAM-SHA-512 SCRAM-SHA-256")]
    [InlineData(false, false, "OAUTHBEARER PLAIN")]
    public void A_client_is_offered_what_the_connection_takes(bool takesTokens, bool takesAccounts, string offered)
    {
        Begin(takesTokens, takesAccounts);

        _conversation.ReadLogin(Choose("GSSAPI"), _toClient);

        var answer = new MessageReader().Read(KafkaApi.All[Handshake].Response(1), _toClient.WrittenSpan[8..], 16)!;
        Assert.Equal((33L, offered), (answer.Number("ErrorCode"), string.Join(' ', answer.List("Mechanisms").Select(m => Encoding.UTF8.GetString((byte[])m!)))));
    }

    [Theory]
    [InlineData(SaslMechanism.ScramSha256)]
    [InlineData(SaslMechanism.ScramSha512)]
    public void A_client_that_knows_its_password_is_told_for_how_long_and_that_the_gateway_knows_its_verifier(SaslMechanism mechanism)
    {
        var client = Client(mechanism);
        var proof = LogIn(client, mechanism);
        _conversation.AccessLeft = TimeSpan.FromSeconds(90);
        _conversation.Admit(OperationRules.Everything, new ArrayBufferWriter<byte>(), _toClient);

        Assert.Equal(new AccountProof("billing", Refusal.None, proof.Account!.Detail), proof.Account);
        Assert.Null(proof.Token);
        var last = Said().Last();
        Assert.Equal((0L, 90_000L), (last.Number("ErrorCode"), last.Number("SessionLifetimeMs")));
        Assert.Equal((default, true), (client.Read((byte[])last["AuthBytes"]!), client.IsSatisfied));
    }

    [Fact]
    public void After_a_handshake_of_version_0_the_messages_have_no_headers()
    {
        Begin();
        var toClient = new ArrayBufferWriter<byte>();
        _conversation.ReadLogin(Frame(Handshake, 0, body => body.With("Mechanism", "SCRAM-SHA-256")), toClient);
        toClient.ResetWrittenCount();

        Assert.NotNull(_conversation.ReadLogin(Raw(_client.First), toClient).Question);
        _conversation.Answer(Answer(), toClient);
        var proof = _client.Read(toClient.WrittenSpan[4..]).Answer!;
        Assert.Equal(Raw(toClient.WrittenSpan[4..].ToArray()), toClient.WrittenSpan.ToArray());
        toClient.ResetWrittenCount();
        Assert.Equal(Refusal.None, _conversation.ReadLogin(Raw(proof), toClient).Proof!.Account!.Refusal);
        _conversation.Admit(OperationRules.Everything, new ArrayBufferWriter<byte>(), toClient);

        Assert.Equal(default, _client.Read(toClient.WrittenSpan[4..]));
        Assert.True(_client.IsSatisfied);
    }

    [Theory]
    [InlineData("another password", null, Refusal.ProofInvalid, "SCRAM-SHA-256: the client does not know the password of its account")]
    [InlineData("correct horse battery", "there is no account billing", Refusal.AccountUnknown, "there is no account billing")]
    public void Whoever_does_not_know_the_password_and_whoever_nobody_knows_hear_the_same(string password, string? fault, Refusal refusal, string detail)
    {
        var proof = LogIn(new ScramClient(SaslMechanism.ScramSha256, "billing", password, "nonce"), fault: fault);
        _toClient.ResetWrittenCount();
        _conversation.Refuse(proof.Account!.Refusal, _toClient);

        Assert.Equal(new AccountProof("billing", refusal, detail), proof.Account);
        var told = Assert.Single(Said());
        Assert.Equal((58L, "refused by the gateway: not-authorized", 0), (told.Number("ErrorCode"), told.Text("ErrorMessage"), ((byte[])told["AuthBytes"]!).Length));
    }

    [Fact]
    public void A_proof_that_another_client_gave_is_not_taken_on_this_connection()
    {
        var (first, second) = (new KafkaAccountsSpec(), new KafkaAccountsSpec());
        var (stolen, asked) = (first.Asked(_client), second.Asked(Client()));
        Assert.NotNull(asked);

        var read = second._conversation.ReadLogin(Prove(stolen), _toClient);

        Assert.Equal(Refusal.ProofInvalid, read.Proof!.Account!.Refusal);
        Assert.Contains("of another login", read.Proof.Account.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_login_that_is_cut_anywhere_only_waits_for_the_rest()
    {
        Begin();
        byte[] said = [.. Choose("SCRAM-SHA-256"), .. Prove(_client.First)];
        var at = 0;
        for (var end = 0; end < said.Length; end++)
        {
            var read = _conversation.ReadLogin(said.AsSpan(at, end - at), _toClient);
            Assert.Equal((Refusal.None, null, null), (read.Refusal, read.Question, read.Proof));
            at += read.Consumed;
        }

        var asks = _conversation.ReadLogin(said.AsSpan(at), _toClient);
        Assert.Equal(new AccountQuestion("billing", SaslMechanism.ScramSha256), asks.Question);
        _toClient.ResetWrittenCount();
        _conversation.Answer(Answer(), _toClient);
        var proof = Prove(_client.Read((byte[])Said().Last()["AuthBytes"]!).Answer!);
        Assert.All(Enumerable.Range(0, proof.Length), end => Assert.Equal((0, null), (Read(proof.AsSpan(0, end), out var none), none)));
        Assert.Equal(Refusal.None, _conversation.ReadLogin(proof, _toClient).Proof!.Account!.Refusal);

        int Read(ReadOnlySpan<byte> bytes, out ClientProof? brought)
        {
            var read = _conversation.ReadLogin(bytes, _toClient);
            brought = read.Proof;
            return read.Consumed;
        }
    }

    [Theory]
    [InlineData("n,,n=billing")]
    [InlineData("p=tls-exporter,,n=billing,r=abc")]
    [InlineData("n,,n=billing,r=abc,m=x")]
    [InlineData("\0billing\0correct horse battery")]
    public void A_first_message_that_is_none_ends_the_login_by_name(string message)
    {
        Begin();
        _conversation.ReadLogin(Choose("SCRAM-SHA-256"), _toClient);

        var read = _conversation.ReadLogin(Prove(Encoding.UTF8.GetBytes(message)), _toClient);

        Assert.Equal(Refusal.TokenMalformed, read.Refusal);
        Assert.StartsWith("SCRAM-SHA-256: ", read.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", read.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_handshake_begins_anew_whatever_came_before()
    {
        Begin();
        Asked(_client);
        _conversation.ReadLogin(Choose("PLAIN"), _toClient);

        var read = _conversation.ReadLogin(Prove("\0me\0token"u8.ToArray()), _toClient);

        Assert.Equal(("token", null), (read.Proof!.Token, read.Proof.Account));
    }

    [Fact]
    public void Nothing_stays_in_the_journal_that_passwords_could_be_guessed_from()
    {
        var record = new ArrayBufferWriter<byte>();
        LogIn(_client);
        _conversation.Admit(OperationRules.Everything, record, _toClient);

        var kept = _conversation.Recordable(_toClient.WrittenMemory);

        Assert.Equal(_toClient.WrittenCount, kept.Length);
        var (said, told) = (Encoding.Latin1.GetString(kept.Span), Encoding.Latin1.GetString(record.WrittenSpan));
        foreach (var part in new[] { "r=", "s=", "i=4096", "v=", Convert.ToBase64String(s_salt) }) Assert.DoesNotContain(part, said, StringComparison.Ordinal);
        foreach (var part in new[] { "r=", "n=billing", "p=" }) Assert.DoesNotContain(part, told, StringComparison.Ordinal);
        Assert.Contains("SCRAM-SHA-256", told, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_proves_itself_again_on_the_live_connection_and_what_it_is_told_is_in_no_recording()
    {
        LogIn(_client);
        var nobody = new ArrayBufferWriter<byte>();
        _conversation.Admit(OperationRules.Everything, nobody, nobody);
        _conversation.StartUpstreamLogin(UpstreamCredentials.None, nobody);
        _conversation.ReadUpstreamLogin([], nobody);
        var (again, said) = (Client(), new Unrecorded());
        var output = new RelayOutput(nobody, said);
        _conversation.Relay(Direction.ToUpstream, Frame(Metadata, 1, _ => { }), output);
        _conversation.Relay(Direction.ToUpstream, Choose("SCRAM-SHA-256"), output);

        _conversation.Relay(Direction.ToUpstream, Prove(again.First), output);
        Assert.Equal(new AccountQuestion("billing", SaslMechanism.ScramSha256), output.Question);
        Assert.Null(output.Proof);
        _conversation.Answer(Answer(), said);
        // It waits for what the client asked before.
        Assert.Empty(said.Hidden);
        var metadata = KafkaApi.All[Metadata].Response(1);
        _conversation.Relay(Direction.ToClient, KafkaFrame.Response(metadata, 7, new StructValue(metadata.Body)), output);
        var proof = again.Read(AuthBytes(Assert.Single(said.Hidden))).Answer!;
        _conversation.Relay(Direction.ToUpstream, Prove(proof), output);
        Assert.Equal(Refusal.None, output.Proof!.Account!.Refusal);
        _conversation.AccessLeft = TimeSpan.FromMinutes(5);
        _conversation.Renewed(said);

        Assert.Equal(default, again.Read(AuthBytes(said.Hidden[1])));
        Assert.True(again.IsSatisfied);
        Assert.Equal(300_000, Body(said.Hidden[1]).Number("SessionLifetimeMs"));
        Assert.True(said.Seen.WrittenSpan.IndexOf("s="u8) < 0);
    }

    [Fact]
    public void Nothing_is_asked_while_it_is_found_out_who_asks()
    {
        LogIn(_client);
        var nobody = new ArrayBufferWriter<byte>();
        _conversation.Admit(OperationRules.Everything, nobody, nobody);
        _conversation.StartUpstreamLogin(UpstreamCredentials.None, nobody);
        _conversation.ReadUpstreamLogin([], nobody);
        var output = new RelayOutput(nobody, nobody);
        _conversation.Relay(Direction.ToUpstream, Choose("SCRAM-SHA-256"), output);

        var verdict = _conversation.Relay(Direction.ToUpstream, [.. Prove(Client().First), .. Frame(Metadata, 1, _ => { })], output);

        Assert.Equal(Refusal.ProtocolViolated, verdict.Refusal);
    }

    ClientProof LogIn(ScramClient client, SaslMechanism mechanism = SaslMechanism.ScramSha256, string? fault = null)
    {
        var proof = Asked(client, mechanism, fault);
        return _conversation.ReadLogin(Prove(proof), _toClient).Proof!;
    }

    /// <summary>The client's proof, as it would send it.</summary>
    byte[] Asked(ScramClient client, SaslMechanism mechanism = SaslMechanism.ScramSha256, string? fault = null)
    {
        Begin();
        Assert.Null(_conversation.ReadLogin(Choose(mechanism.Word()), _toClient).Proof);
        Assert.Equal(new AccountQuestion("billing", mechanism), _conversation.ReadLogin(Prove(client.First), _toClient).Question);
        _conversation.Answer(Answer(mechanism, fault), _toClient);
        return client.Read((byte[])Said().Last()["AuthBytes"]!).Answer!;
    }

    void Begin(bool takesTokens = true, bool takesAccounts = true) => _conversation.Begin(new Circumstances("localhost", 9092)
    {
        Upstream = new KafkaFacts(KafkaRanges.Everything, new Dictionary<int, BrokerAddress> { [1] = new("broker", 9092) }),
        PlaceOf = _ => ("localhost", 9092),
        TakesTokens = takesTokens,
        TakesAccounts = takesAccounts,
    });

    /// <summary>What the client was told in answer to SaslAuthenticate.</summary>
    List<StructValue> Said()
    {
        var (frames, at) = (new List<StructValue>(), 0);
        while (at < _toClient.WrittenCount)
        {
            var length = 4 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(_toClient.WrittenSpan[at..]);
            if (_toClient.WrittenSpan[at + 7] == Authenticate) frames.Add(Body(_toClient.WrittenSpan.Slice(at, length)));
            at += length;
        }

        return frames;
    }

    static StructValue Body(ReadOnlySpan<byte> frame) => new MessageReader().Read(KafkaApi.All[Authenticate].Response(2), frame[Head..], mostStructs: 1)!;

    static byte[] AuthBytes(byte[] frame) => (byte[])Body(frame)["AuthBytes"]!;

    static ScramClient Client(SaslMechanism mechanism = SaslMechanism.ScramSha256) => new(mechanism, "billing", "correct horse battery", ScramClient.NewNonce());

    static AccountAnswer Answer(SaslMechanism mechanism = SaslMechanism.ScramSha256, string? fault = null) =>
        new(ScramVerifier.Of(mechanism, "correct horse battery", s_salt, 4096), fault);

    static byte[] Choose(string mechanism) => Frame(Handshake, 1, body => body.With("Mechanism", mechanism));

    static byte[] Prove(byte[] message) => Frame(Authenticate, 2, body => body.With("AuthBytes", message));

    static byte[] Raw(byte[] message) => [0, 0, (byte)(message.Length >> 8), (byte)message.Length, .. message];

    // The correlation id says which API it is, for Said.
    static byte[] Frame(short key, short version, Action<StructValue> fill)
    {
        var layout = KafkaApi.All[key].Request(version);
        var body = new StructValue(layout.Body);
        fill(body);
        return KafkaFrame.Request(layout, key == Metadata ? 7 : key, body);
    }

    /// <summary>A writer that keeps apart what no recording is to hold.</summary>
    sealed class Unrecorded : IUnrecordedWriter
    {
        public ArrayBufferWriter<byte> Seen { get; } = new();

        public List<byte[]> Hidden { get; } = [];

        public void WriteUnrecorded(ReadOnlySpan<byte> bytes) => Hidden.Add(bytes.ToArray());

        public void Advance(int count) => Seen.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => Seen.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Seen.GetSpan(sizeHint);
    }
}

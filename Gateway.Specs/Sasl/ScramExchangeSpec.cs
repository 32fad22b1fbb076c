using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;
using Xunit;

namespace Gateway.Specs.Sasl;

/// <summary>The gateway takes proofs by SCRAM.</summary>
public sealed class ScramExchangeSpec
{
    const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";
    const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const string First = $"n,,n=user,r={ClientNonce}";
    const string Proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    const string Final = $"c=biws,r={ClientNonce}{ServerNonce},p={Proof}";

    static readonly ScramVerifier s_pencil =
        ScramVerifier.Of(SaslMechanism.ScramSha256, "pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);

    [Fact]
    public void The_exchange_of_RFC_7677_is_what_is_asked_and_answered()
    {
        var exchange = Begun(First)!;

        Assert.Equal("user", exchange.Name);
        Assert.Equal($"r={ClientNonce}{ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Text(exchange.Ask(s_pencil, ServerNonce)));
        Assert.Empty(exchange.Signature);
        Assert.Equal((Refusal.None, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="), (exchange.Finish(Bytes(Final), out _), Text(exchange.Signature)));
    }

    [Theory]
    [InlineData(SaslMechanism.ScramSha256)]
    [InlineData(SaslMechanism.ScramSha512)]
    public void The_gateway_as_a_client_and_the_gateway_take_each_other_whatever_the_name_holds(SaslMechanism mechanism)
    {
        var client = new ScramClient(mechanism, "of=us, all", "a password", ScramClient.NewNonce());
        var verifier = ScramVerifier.Read(ScramVerifier.Of(mechanism, "a password", RandomNumberGenerator.GetBytes(16), 8192).Write())!;

        var exchange = ScramExchange.Begin(mechanism, client.First, out _)!;
        var proof = client.Read(exchange.Ask(verifier, ScramClient.NewNonce())).Answer;
        var refusal = exchange.Finish(proof, out _);

        Assert.Equal(("of=us, all", Refusal.None), (exchange.Name, refusal));
        Assert.Equal((default, true), (client.Read(exchange.Signature), client.IsSatisfied));
    }

    [Theory]
    [InlineData("y,,n=user,r=abc")]
    [InlineData("n,a=user,n=user,r=abc")]
    [InlineData("n,a=a=2Cb,n=a=2Cb,r=abc")]
    public void A_client_that_could_bind_to_a_channel_or_says_its_name_twice_is_taken(string first) => Assert.NotNull(Begun(first));

    [Theory]
    [InlineData("p=tls-unique,,n=user,r=abc", "binds to a channel")]
    [InlineData("p=tls-exporter,,n=user,r=abc", "binds to a channel")]
    [InlineData("n,a=other,n=user,r=abc", "act for somebody else")]
    [InlineData("n,user,n=user,r=abc", "act for somebody else")]
    [InlineData("n,,m=ext,n=user,r=abc", "asks for an extension")]
    [InlineData("n,,n=user,r=abc,tokenauth=true", "asks for an extension")]
    [InlineData("x,,n=user,r=abc", "none of RFC 5802")]
    [InlineData("n,,user,r=abc", "none of RFC 5802")]
    [InlineData("n,,r=abc,n=user", "none of RFC 5802")]
    [InlineData("n,,n=user", "none of RFC 5802")]
    [InlineData("", "none of RFC 5802")]
    [InlineData("n,,n=,r=abc", "the name is malformed")]
    [InlineData("n,,n=a=b,r=abc", "the name is malformed")]
    [InlineData("n,,n=a=2,r=abc", "the name is malformed")]
    [InlineData("n,,n=a=2c,r=abc", "the name is malformed")]
    [InlineData("n,,n=\u00AAname,r=abc", "SASLprep")]
    [InlineData("n,,n=a\u0001b,r=abc", "SASLprep")]
    [InlineData("n,,n=user,r=", "nonce is malformed")]
    [InlineData("n,,n=user,r=a b", "nonce is malformed")]
    [InlineData("n,,n=user,r=ä", "nonce is malformed")]
    public void A_first_message_that_asks_for_what_is_not_offered_or_is_none_is_refused_by_name(string first, string fault)
    {
        Assert.Null(ScramExchange.Begin(SaslMechanism.ScramSha256, Bytes(first), out var told));
        Assert.Contains(fault, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_a_client_may_send_has_a_longest_length()
    {
        Assert.NotNull(Begun($"n,,n={new string('u', 255)},r={new string('r', 256)}"));
        Assert.Contains("the name is", Fault($"n,,n={new string('u', 256)},r=abc"), StringComparison.Ordinal);
        Assert.Contains("the nonce is", Fault($"n,,n=u,r={new string('r', 257)}"), StringComparison.Ordinal);
        Assert.Contains("more than 4096 bytes", Fault(new string('n', 4097)), StringComparison.Ordinal);
        ScramExchange.Begin(SaslMechanism.ScramSha256, [0xFF, 0xFE], out var told);
        Assert.Contains("not UTF-8", told, StringComparison.Ordinal);
        Assert.Equal(Refusal.TokenMalformed, Asked(ServerNonce).Finish(new byte[4097], out _));
    }

    [Theory]
    [InlineData($"c=biws,r={ClientNonce}{ServerNonce},p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", Refusal.ProofInvalid, "does not know the password")]
    [InlineData($"c=biws,r={ClientNonce},p={Proof}", Refusal.ProofInvalid, "its nonce is not the one")]
    [InlineData($"c=biws,r=another{ServerNonce},p={Proof}", Refusal.ProofInvalid, "its nonce is not the one")]
    [InlineData($"c=eSws,r={ClientNonce}{ServerNonce},p={Proof}", Refusal.ProofInvalid, "another channel")]
    [InlineData($"c=biws,r={ClientNonce}{ServerNonce},x=1,p={Proof}", Refusal.TokenMalformed, "asks for an extension")]
    [InlineData($"c=biws,r={ClientNonce}{ServerNonce},p=AAAA", Refusal.TokenMalformed, "none of RFC 5802")]
    [InlineData($"c=biws,r={ClientNonce}{ServerNonce},p={Proof} ", Refusal.TokenMalformed, "none of RFC 5802")]
    [InlineData($"c=biws,p={Proof}", Refusal.TokenMalformed, "none of RFC 5802")]
    public void A_proof_that_is_not_of_this_login_and_this_password_is_refused_by_name(string final, Refusal refusal, string detail)
    {
        var exchange = Asked(ServerNonce);

        Assert.Equal(refusal, exchange.Finish(Bytes(final), out var told));
        Assert.Contains(detail, told, StringComparison.Ordinal);
        Assert.Empty(exchange.Signature);
    }

    [Fact]
    public void A_client_that_says_its_own_nonce_twice_is_taken_if_it_knows_the_password()
    {
        // As librdkafka does before 2.6.1; whose proof is of what it said.
        var (exchange, without) = (Asked(ServerNonce), $"c=biws,r={ClientNonce}{ClientNonce}{ServerNonce}");
        var clientKey = HMACSHA256.HashData(Rfc2898DeriveBytes.Pbkdf2("pencil", s_pencil.Salt, 4096, HashAlgorithmName.SHA256, 32), "Client Key"u8);
        var signature = HMACSHA256.HashData(
            s_pencil.StoredKey, Bytes($"n=user,r={ClientNonce},r={ClientNonce}{ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,{without}"));
        var proof = Convert.ToBase64String([.. clientKey.Zip(signature, (k, s) => (byte)(k ^ s))]);

        Assert.Equal(Refusal.ProofInvalid, exchange.Finish(Bytes($"{without},p={Proof}"), out _));
        Assert.Equal(Refusal.None, exchange.Finish(Bytes($"{without},p={proof}"), out _));
    }

    [Fact]
    public void A_proof_that_was_good_before_is_not_taken_again()
    {
        var exchange = Asked("anotherNonce");

        Assert.Equal(Refusal.ProofInvalid, exchange.Finish(Bytes(Final), out var told));
        Assert.Contains("of another login", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Neither_message_is_taken_where_any_of_its_end_is_missing()
    {
        // The nonce may end anywhere; what comes of the shorter one is another login.
        Assert.All(Enumerable.Range(0, First.IndexOf(",r=", StringComparison.Ordinal) + 4), end => Assert.Null(Begun(First[..end])));
        Assert.All(Enumerable.Range(0, Final.Length), end => Assert.NotEqual(Refusal.None, Asked(ServerNonce).Finish(Bytes(Final[..end]), out _)));
    }

    [Theory]
    [InlineData("SCRAM-SHA-256$4095:W22ZaJ0SNY7soEsUEjb6gQ==", 32)]
    [InlineData("SCRAM-SHA-256$100001:W22ZaJ0SNY7soEsUEjb6gQ==", 32)]
    [InlineData("SCRAM-SHA-256$-4096:W22ZaJ0SNY7soEsUEjb6gQ==", 32)]
    [InlineData("SCRAM-SHA-256$4096:AAAA", 32)]
    [InlineData("SCRAM-SHA-256$4096:?", 32)]
    [InlineData("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==", 31)]
    [InlineData("SCRAM-SHA-512$4096:W22ZaJ0SNY7soEsUEjb6gQ==", 32)]
    [InlineData("SCRAM-SHA-1$4096:W22ZaJ0SNY7soEsUEjb6gQ==", 20)]
    [InlineData("PLAIN$4096:W22ZaJ0SNY7soEsUEjb6gQ==", 32)]
    public void A_weak_or_broken_verifier_is_none(string head, int keyBytes)
    {
        var key = Convert.ToBase64String(new byte[keyBytes]);

        Assert.Null(ScramVerifier.Read($"{head}${key}:{key}"));
    }

    [Fact]
    public void A_verifier_holds_no_password_and_shows_none_of_its_keys()
    {
        var verifier = ScramVerifier.Read(s_pencil.Write())!;

        Assert.Equal(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=", verifier.Write());
        Assert.DoesNotContain("WG5d", $"{verifier}", StringComparison.Ordinal);
        Assert.Equal(verifier.Write(), ScramVerifier.Read(verifier.Write())!.Write());
    }

    static ScramExchange? Begun(string first) => ScramExchange.Begin(SaslMechanism.ScramSha256, Bytes(first), out _);

    static string Fault(string first)
    {
        Assert.Null(ScramExchange.Begin(SaslMechanism.ScramSha256, Bytes(first), out var fault));
        return fault;
    }

    static ScramExchange Asked(string nonce)
    {
        var exchange = Begun(First)!;
        exchange.Ask(s_pencil, nonce);
        return exchange;
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}

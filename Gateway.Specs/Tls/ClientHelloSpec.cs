using Gateway.Protocols;
using Gateway.Protocols.Tls;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class ClientHelloSpec
{
    const ushort ServerName = 0;
    const ushort Alpn = 16;
    const ushort Versions = 43;

    static readonly string[] s_names =
        ["curl", "dotnet", "ffmpeg", "mosquitto-pub", "openssl-tls10-only", "openssl-tls12-only", "openssl-tls13", "openssl-without-name"];

    public static TheoryData<string> Captures => [.. s_names];

    [Theory]
    [InlineData("curl", "gateway.example.org", "TLS 1.3, 30 suites, alpn h2 http/1.1")]
    [InlineData("dotnet", "gateway.example.org", "TLS 1.3, 11 suites")]
    [InlineData("ffmpeg", "localhost", "TLS 1.3, 29 suites")]
    [InlineData("mosquitto-pub", "localhost", "TLS 1.3, 30 suites")]
    [InlineData("openssl-tls10-only", null, "TLS 1.0, 8 suites")]
    [InlineData("openssl-tls12-only", "broker.example.org", "TLS 1.2, 27 suites")]
    [InlineData("openssl-tls13", "broker.example.org", "TLS 1.3, 30 suites, alpn mqtt")]
    [InlineData("openssl-without-name", null, "TLS 1.3, 30 suites")]
    public void The_hello_of_a_real_client_says_what_it_offers(string capture, string? serverName, string offered)
    {
        var read = ClientHello.Read(HelloCapture.Load(capture), Limits.Default);

        Assert.Equal((serverName, offered), (read.Hello?.ServerName, read.Hello?.Offered));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_proper_prefix_of_a_hello_asks_for_more(string capture)
    {
        var hello = HelloCapture.Load(capture);

        var premature = Enumerable.Range(0, hello.Length).Where(cut => !ClientHello.Read(hello.AsSpan(0, cut), Limits.Default).NeedsMore);

        Assert.Empty(premature);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_hello_cut_into_records_of_any_size_reads_the_same(string capture)
    {
        var hello = HelloCapture.Load(capture);
        var whole = Read(hello);

        for (var size = 1; size < hello.Length; size++)
        {
            var pieces = HelloCapture.Fragmented(hello, size);
            Assert.Equal(whole.Offered, Read(pieces).Offered);
            Assert.True(ClientHello.Read(pieces.AsSpan(0, pieces.Length - 1), Limits.Default).NeedsMore);
        }
    }

    [Fact]
    public void Bytes_after_the_records_of_the_hello_are_none_of_its_business()
    {
        byte[] early = [.. HelloCapture.Load("curl"), 0x17, 3, 3, 0, 1, 0xFF];

        Assert.Equal("gateway.example.org", Read(early).ServerName);
    }

    [Fact]
    public void Values_that_mean_nothing_are_left_out()
    {
        var hello = Read(HelloCapture.Make(
            suites: "8a8a130100ff5600c02b", extensions: [(Versions, "06dada03030304"), (Alpn, "0008020a0a046d717474")]));

        Assert.Equal((TlsVersion.Tls13, "TLS 1.3, 2 suites, alpn mqtt"), (hello.Version, hello.Offered));
        Assert.Equal(new ushort[] { 0x1301, 0xC02B }, hello.Suites);
    }

    [Theory]
    [InlineData(0x0300, "SSL 3.0, 1 suites")]
    [InlineData(0x0302, "TLS 1.1, 1 suites")]
    [InlineData(0x0304, "TLS 1.2, 1 suites")]
    [InlineData(0xFFFF, "TLS 1.2, 1 suites")]
    public void Without_supported_versions_the_old_field_counts_up_to_tls_1_2(ushort legacyVersion, string offered) =>
        Assert.Equal(offered, Read(HelloCapture.Make(legacyVersion)).Offered);

    [Fact]
    public void Supported_versions_without_a_known_one_offer_none() =>
        Assert.Equal("no known version, 1 suites", Read(HelloCapture.Make(extensions: (Versions, "040305dada"))).Offered);

    [Fact]
    public void A_hostile_list_of_names_makes_no_long_line()
    {
        var names = string.Concat(Enumerable.Repeat("0161", 2000));

        Assert.Equal(160, Read(HelloCapture.Make(extensions: (Alpn, $"{names.Length / 2:x4}{names}"))).Offered.Length);
    }

    [Theory]
    [InlineData(ServerName, "0000")]
    [InlineData(ServerName, "0003000000")]
    [InlineData(ServerName, "000400000161ff")]
    [InlineData(ServerName, "000400ffff61")]
    [InlineData(ServerName, "000400800061")]
    [InlineData(ServerName, "000400000120")]
    [InlineData(ServerName, "0004000001e9")]
    [InlineData(ServerName, "00080000016100000162")]
    [InlineData(Alpn, "0000")]
    [InlineData(Alpn, "000100")]
    [InlineData(Alpn, "0002ff61")]
    [InlineData(Alpn, "ffff0161")]
    [InlineData(Versions, "00")]
    [InlineData(Versions, "03030403")]
    [InlineData(Versions, "ff0304")]
    public void An_extension_that_breaks_its_grammar_is_refused(ushort type, string hex) =>
        AssertMalformed(HelloCapture.Make(extensions: (type, hex)));

    [Theory]
    [InlineData(ServerName, "000400000161")]
    [InlineData(Alpn, "00020161")]
    [InlineData(Versions, "020304")]
    public void An_extension_given_twice_is_refused(ushort type, string hex) =>
        AssertMalformed(HelloCapture.Make(extensions: [(type, hex), (type, hex)]));

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_server_name_has_at_most_255_bytes(int length, bool isAllowed)
    {
        var name = string.Concat(Enumerable.Repeat("61", length));

        var read = ClientHello.Read(HelloCapture.Make(extensions: (ServerName, $"{length + 3:x4}00{length:x4}{name}")), Limits.Default);

        Assert.Equal(isAllowed, read.Hello is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("13")]
    [InlineData("130113")]
    public void Cipher_suites_are_pairs_of_bytes(string suites) => AssertMalformed(HelloCapture.Make(suites: suites));

    [Fact]
    public void A_hello_without_a_compression_method_is_refused() => AssertMalformed(HelloCapture.Make(compressions: ""));

    [Theory]
    [InlineData("1603010000")]
    [InlineData("1603014001")]
    [InlineData("1603018000")]
    [InlineData("160301ffff")]
    [InlineData("1602")]
    [InlineData("160301000402")]
    [InlineData("160301000401000000")]
    [InlineData("160301000401004000")]
    [InlineData("160301000401800000")]
    [InlineData("160301000401ffffff")]
    [InlineData("1603010002010017")]
    [InlineData("1503010002")]
    [InlineData("17")]
    public void A_record_that_cannot_begin_a_hello_is_refused_at_once(string hex) => AssertMalformed(Convert.FromHexString(hex));

    [Fact]
    public void Bytes_behind_the_message_in_its_own_record_are_refused()
    {
        var hello = HelloCapture.Make();

        AssertMalformed(HelloCapture.Record(Convert.ToHexString(hello.AsSpan(5)) + "00"));
    }

    [Fact]
    public void A_hello_larger_than_the_limit_is_refused_from_its_first_bytes()
    {
        var limits = Limits.Default with { ClientHello = 334 };

        var read = ClientHello.Read(HelloCapture.Load("openssl-tls13").AsSpan(0, 9), limits);

        Assert.Equal((Refusal.ClientHelloMalformed, "a ClientHello of 335 bytes; the limit is 334"), (read.Refusal, read.Detail));
    }

    [Fact]
    public void Records_of_one_byte_each_cannot_exceed_the_limit_either()
    {
        var pieces = HelloCapture.Fragmented(HelloCapture.Load("openssl-tls13"), 1);

        Assert.Equal(Refusal.ClientHelloMalformed, ClientHello.Read(pieces, Limits.Default with { ClientHello = 1000 }).Refusal);
    }

    [Fact]
    public void No_hello_asks_for_more_once_the_limit_is_reached()
    {
        var pieces = HelloCapture.Fragmented(HelloCapture.Load("openssl-tls13"), 1);
        var asking = Enumerable.Range(20, 100).Where(l => ClientHello.Read(pieces.AsSpan(0, l), new Limits { ClientHello = l }).NeedsMore);

        Assert.Empty(asking);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", "looks like HTTP")]
    [InlineData("PRI * HTTP/2.0\r\n", "looks like HTTP")]
    [InlineData("\u0010\u000c\0\u0004MQTT", "looks like an MQTT CONNECT")]
    [InlineData("SSH-2.0-OpenSSH_9.2", "looks like SSH")]
    [InlineData("PROXY TCP4 ", "looks like a PROXY protocol header")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!", "looks like a PROXY protocol header")]
    [InlineData("AMQP\0\0\u0009\u0001", "looks like AMQP")]
    [InlineData("\0\0\0\b\u0004\u00d2\u0016/", "looks like PostgreSQL")]
    [InlineData("hello", "looks like no protocol known here")]
    public void Plaintext_is_refused_with_what_it_looks_like(string text, string detail)
    {
        var read = ClientHello.Read([.. text.Select(c => (byte)c)], Limits.Default);

        Assert.Equal((Refusal.PlaintextOnTlsPort, detail), (read.Refusal, read.Detail));
    }

    [Fact]
    public void An_ssl_2_hello_is_too_old() =>
        Assert.Equal(Refusal.TlsVersionTooOld, ClientHello.Read(Convert.FromHexString("802e0100020015"), Limits.Default).Refusal);

    [Theory]
    [InlineData(20260101)]
    [InlineData(20260102)]
    public void No_mutation_of_a_hello_makes_the_reader_throw(int seed)
    {
        var random = new Random(seed);
        var captures = s_names.Select(HelloCapture.Load).ToArray();

        for (var round = 0; round < 20_000; round++)
        {
            var hello = (byte[])captures[random.Next(captures.Length)].Clone();
            for (var hits = random.Next(1, 6); hits > 0; hits--) hello[random.Next(hello.Length)] = (byte)random.Next(256);
            var read = ClientHello.Read(hello.AsSpan(0, random.Next(hello.Length + 1)), Limits.Default);
            Assert.True(read.NeedsMore || read.Hello is not null || read.Detail is { Length: > 0 }, $"seed {seed}, round {round}");
        }
    }

    static ClientHello Read(byte[] bytes)
    {
        var read = ClientHello.Read(bytes, Limits.Default);
        Assert.True(read.Hello is not null, read.Detail ?? "more bytes were asked for");
        return read.Hello;
    }

    static void AssertMalformed(byte[] bytes) =>
        Assert.Equal(Refusal.ClientHelloMalformed, ClientHello.Read(bytes, Limits.Default).Refusal);
}

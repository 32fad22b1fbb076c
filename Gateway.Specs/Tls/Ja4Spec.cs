using System.Security.Cryptography;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Tls;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>The vectors of JA4's specification (FoxIO-LLC/ja4, technical_details/JA4.md).</summary>
public sealed class Ja4Spec
{
    const string Suites = "1a1a130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035";
    const string Algorithms = "00100403080404010503080505010806" + "0601";

    [Fact]
    public void The_example_of_the_specification_has_its_fingerprint()
    {
        var hello = HelloCapture.Make(suites: Suites, extensions: Example(Algorithms));

        Assert.Equal("t13d1516h2_8daaf6152771_e5627efa2ab1", Fingerprint(hello));
    }

    [Fact]
    public void A_hello_that_tries_to_resume_also_has_the_fingerprint_that_it_has_without()
    {
        var whole = HelloCapture.Make(suites: Suites, extensions: Example(Algorithms));
        var resuming = HelloCapture.Make(suites: Suites, extensions: [.. Example(Algorithms), (42, ""), (41, "0000")]);

        var (plain, tried) = (Offer(whole), Offer(resuming));

        Assert.Null(plain.Ja4WithoutResumption);
        Assert.Equal(plain.Ja4, tried.Ja4WithoutResumption);
        Assert.StartsWith("t13d1518h2_", tried.Ja4, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_signature_algorithms_the_extensions_stand_alone()
    {
        var types = Example(Algorithms).Select(e => e.Type == 13 ? ((ushort)0x4a4a, "") : e).ToArray();

        // The example's extensions but for signature_algorithms itself: sha256 of 0005,000a,000b,0012,...
        Assert.Equal("t13d1515h2_8daaf6152771_" + Hash("0005,000a,000b,0012,0015,0017,001b,0023,002b,002d,0033,4469,ff01"), Fingerprint(HelloCapture.Make(suites: Suites, extensions: types)));
    }

    [Theory]
    [InlineData("ab", "ab")]
    [InlineData("abcd", "ad")]
    [InlineData("30ab", "3b")]
    [InlineData("3031abcd", "3d")]
    [InlineData("30abcd31", "01")]
    [InlineData("6832", "h2")]
    [InlineData("687474702f312e31", "h1")]
    [InlineData("78", "xx")]
    public void The_ends_of_the_first_protocol_are_told_as_they_are_or_in_hex(string protocol, string told)
    {
        var hello = HelloCapture.Make(extensions: (16, $"{protocol.Length / 2 + 1:x4}{protocol.Length / 2:x2}{protocol}"));

        Assert.Equal($"t12i0101{told}_{Hash("1301")}_000000000000", Fingerprint(hello));
    }

    [Theory]
    [InlineData(0x0300, "s3")]
    [InlineData(0x0301, "10")]
    [InlineData(0x0302, "11")]
    [InlineData(0x0303, "12")]
    [InlineData(0x7f1c, "00")]
    public void Without_supported_versions_the_hello_itself_says_which(ushort version, string told) =>
        Assert.Equal($"t{told}i010000_{Hash("1301")}_000000000000", Fingerprint(HelloCapture.Make(version)));

    [Fact]
    public void A_hello_of_nothing_but_what_means_nothing_has_no_values() =>
        Assert.Equal("t12i000000_000000000000_000000000000", Fingerprint(HelloCapture.Make(suites: "5a5a", extensions: (0xfafa, ""))));

    [Fact]
    public void More_than_is_kept_counts_in_the_fingerprint()
    {
        var suites = string.Concat(Enumerable.Range(0x2000, 120).Select(suite => $"{suite:x4}"));

        var offer = ClientHello.Read(HelloCapture.Make(suites: suites), Limits.Default).Hello!.Offer;

        Assert.StartsWith("t12i9900", offer.Ja4, StringComparison.Ordinal);
        Assert.Equal(ClientOffer.Most, offer.Suites.Count);
    }

    [Theory]
    [InlineData("openssl-tls13", "t13d3111mt_e8f1e7e78f70_", new ushort[] { 0x0304, 0x0303, 0x0302, 0x0301 })]
    [InlineData("openssl-tls10-only", "t10i090500_", new ushort[] { 0x0301 })]
    public void The_hello_of_a_real_client_has_one(string capture, string begins, ushort[] versions)
    {
        var offer = ClientHello.Read(HelloCapture.Load(capture), Limits.Default).Hello!.Offer;

        Assert.Equal(36, offer.Ja4.Length);
        Assert.StartsWith(begins, offer.Ja4, StringComparison.Ordinal);
        Assert.Equal(versions, offer.Versions);
        Assert.NotEmpty(offer.Groups);
    }

    static string Fingerprint(byte[] hello) => Offer(hello).Ja4;

    static ClientOffer Offer(byte[] hello) => ClientHello.Read(hello, Limits.Default).Hello!.Offer;

    static string Hash(string list) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(list)))[..12];

    // In the order of the specification's example, each as short as it may be, GREASE among them.
    static (ushort Type, string Hex)[] Example(string algorithms) =>
    [
        (0x2a2a, ""), (0x001b, ""), (0, "000d00000a6c6f63616c686f737431"), (0x0033, ""), (16, "0003026832"), (0x4469, ""), (0x0017, ""), (0x002d, ""),
        (13, algorithms), (0x0005, ""), (0x0023, ""), (0x0012, ""), (43, "06" + "5a5a" + "0304" + "0303"), (0xff01, ""), (0x000b, ""), (10, "00045a5a001d"),
        (0x0015, ""),
    ];
}

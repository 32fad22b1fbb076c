using Xunit;

namespace Gateway.Specs.Audits;

public sealed class ScanFindingSpec
{
    static readonly string[] s_versions = ["1.3"];

    [Theory]
    [InlineData("OK", false)]
    [InlineData("INFO", false)]
    [InlineData("WARN", false)]
    [InlineData("LOW", false)]
    [InlineData("MEDIUM", true)]
    [InlineData("HIGH", true)]
    [InlineData("CRITICAL", true)]
    [InlineData("FATAL", true)]
    public void What_testssl_finds_above_low_is_too_bad(string severity, bool isTooBad)
    {
        var found = ScanFinding.OfTestSsl(
            "admin", $$"""[ { "id": "cipher_order", "ip": "localhost/127.0.0.1", "port": "1", "severity": "{{severity}}", "finding": "none" } ]""");

        Assert.Equal((isTooBad, "cipher_order"), (Assert.Single(found).IsTooBad, found[0].Id));
    }

    [Theory]
    [InlineData("""<protocol type="tls" version="1.3" enabled="1"/><cipher cipher="A" strength="strong" bits="128"/>""", "")]
    [InlineData("""<protocol type="tls" version="1.0" enabled="1"/><cipher cipher="A" strength="strong"/>""", "tls1.0")]
    [InlineData("""<protocol type="tls" version="1.3" enabled="0"/><cipher cipher="A" strength="strong"/>""", "tls1.3")]
    [InlineData("""<protocol type="ssl" version="3" enabled="1"/><cipher cipher="TLS_AES_128_GCM_SHA256" strength="strong"/>""", "ssl3")]
    [InlineData("""<cipher cipher="RC4-MD5" strength="weak"/>""", "RC4-MD5")]
    [InlineData("""<cipher cipher="A" strength="strong"/><heartbleed vulnerable="1"/>""", "heartbleed")]
    [InlineData("""<cipher cipher="A" strength="strong"/><compression supported="1"/>""", "compression")]
    [InlineData("""<cipher cipher="A" strength="strong"/><renegotiation supported="1" secure="0"/>""", "renegotiation")]
    [InlineData("", "ciphers")]
    public void What_sslscan_lists_is_judged(string listed, string tooBad)
    {
        var xml = $"note\n<?xml version=\"1.0\"?><document><ssltest host=\"localhost\">{listed}</ssltest></document>";

        var found = ScanFinding.OfSslScan("strict", xml, s_versions);

        Assert.Equal(tooBad, string.Join(' ', found.Where(f => f.IsTooBad).Select(f => f.Id)));
    }
}

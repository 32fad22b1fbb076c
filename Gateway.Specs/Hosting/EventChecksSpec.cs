using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class EventChecksSpec : IDisposable
{
    const string Key = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    readonly ConfigurationFolder _folder = new();

    public EventChecksSpec()
    {
        _folder.Write("connections.yaml", "");
        _folder.WriteCertificate("client").Dispose();
        _folder.WriteSecret("keys", Key + "\n\n" + Key);
        _folder.WriteSecret("short", "whsec_c2hvcnQ=");
        _folder.WriteSecret("many", string.Join('\n', Enumerable.Repeat(Key, 9)));
        _folder.WriteSecret("token", "sesame\n");
        _folder.WriteSecret("two", "one\ntwo");
        _folder.Write("open", Key);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem.example.org:6514" }""")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "[2001:db8::1]:6514", "CertificateFile": "client.crt", "KeyFile": "client.key", "BatchSize": 1 }""")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem.example.org/a?b=c", "SigningKeysFile": "keys", "TokenFile": "token", "BatchSize": 1000 }""")]
    [InlineData("""{ "Name": "siem", "Kind": "otlp", "Address": "https://collector:4318/v1/logs", "AuthoritiesFile": "client.crt" }""")]
    public void A_sound_outlet_is_taken(string outlet) => Assert.Empty(Check(outlet).Faults);

    [Theory]
    [InlineData("""{ "Name": "a b", "Kind": "Syslog", "Address": "siem:6514" }""", "Gateway:Events:Outlets:0:Name must be 1 to 64")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem" }""", "Gateway:Events:Outlets:0:Address is no host:port")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem:6514", "TokenFile": "token" }""", "TokenFile is of no use to syslog")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem:6514", "KeyFile": "client.key" }""", "CertificateFile and KeyFile are for a syslog server")]
    [InlineData("""{ "Name": "siem", "Kind": "Otlp", "Address": "https://c/v1/logs", "CertificateFile": "client.crt", "KeyFile": "client.key" }""", "and KeyFile are for a syslog server")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem:6514", "BatchSize": 0 }""", "BatchSize must be between 1 and 1000")]
    [InlineData("""{ "Name": "siem", "Kind": "Syslog", "Address": "siem:6514", "BatchSize": 1001 }""", "BatchSize must be between 1 and 1000")]
    [InlineData("""{ "Name": "siem", "Address": "http://siem/", "SigningKeysFile": "keys" }""", "Address must be an https URL")]
    [InlineData("""{ "Name": "siem", "Address": "https://ada:pw@siem/", "SigningKeysFile": "keys" }""", "Address must be an https URL")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem/" }""", "SigningKeysFile is required for a webhook")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem/", "SigningKeysFile": "open" }""", "can be read by its group or by everybody")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem/", "SigningKeysFile": "short" }""", "holds no signing keys")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem/", "SigningKeysFile": "many" }""", "holds no signing keys")]
    [InlineData("""{ "Name": "siem", "Address": "https://siem/", "SigningKeysFile": "keys", "TokenFile": "two" }""", "holds no bearer token")]
    [InlineData("""{ "Name": "siem", "Kind": "Otlp", "Address": "https://c/v1/logs", "SigningKeysFile": "keys" }""", "SigningKeysFile is for webhooks")]
    public void A_fault_says_what_where_and_the_remedy(string outlet, string told)
    {
        var fault = Assert.Single(Check(outlet).Faults);

        Assert.Contains(told, $"{fault.Path} {fault.Problem}", StringComparison.Ordinal);
        Assert.DoesNotContain("pw@", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_outlets_of_one_name_would_share_how_far_they_are_told()
    {
        const string outlet = """{ "Name": "siem", "Kind": "Syslog", "Address": "siem:6514" }""";

        Assert.Contains("is the name of another outlet", Assert.Single(Check($"{outlet}, {outlet}").Faults).ToString(), StringComparison.Ordinal);
    }

    CheckedOptions Check(string outlets)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Gateway": { "Events": { "Outlets": [ {{outlets}} ] } } }"""));
        return GatewayOptionsCheck.Check(new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Gateway"), _folder.Root);
    }
}

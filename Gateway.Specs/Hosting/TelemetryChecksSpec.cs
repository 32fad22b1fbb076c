using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class TelemetryChecksSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public TelemetryChecksSpec()
    {
        _folder.Write("connections.yaml", "");
        _folder.WriteCertificate("collector").Dispose();
        _folder.WriteSecret("token", "sesame\n");
        _folder.WriteSecret("longest", new string('x', 4096));
        _folder.WriteSecret("longer", new string('x', 4097));
        _folder.WriteSecret("two", "one\ntwo");
        _folder.WriteSecret("large", "sesame" + new string('\n', 16 * 1024));
        _folder.Write("open", "sesame");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "SampledPercent": 0 }""")]
    [InlineData("""{ "SampledPercent": 100, "Otlp": { "Endpoint": "https://collector:4318", "AuthoritiesFile": "collector.crt", "TokenFile": "token" } }""")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://collector:4318", "TokenFile": "longest" } }""")]
    public void A_sound_collector_is_taken(string telemetry) => Assert.Empty(Check(telemetry).Faults);

    [Theory]
    [InlineData("""{ "SampledPercent": -1 }""", "Gateway:Telemetry:SampledPercent must be between 0 and 100")]
    [InlineData("""{ "SampledPercent": 101 }""", "Gateway:Telemetry:SampledPercent must be between 0 and 100")]
    [InlineData("""{ "Otlp": { "Endpoint": "http://collector:4318" } }""", "Gateway:Telemetry:Otlp:Endpoint must be an https URL without query or fragment")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://collector:4318?key=sesame" } }""", "Gateway:Telemetry:Otlp:Endpoint must be an https URL")]
    [InlineData("""{ "Otlp": { "TokenFile": "token" } }""", "Gateway:Telemetry:Otlp:Endpoint is missing although other settings of it are given")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "AuthoritiesFile": "token" } }""", "Gateway:Telemetry:Otlp:AuthoritiesFile")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "TokenFile": "open" } }""", "can be read by its group or by everybody")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "TokenFile": "nowhere" } }""", "does not exist")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "TokenFile": "two" } }""", "holds no bearer token")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "TokenFile": "longer" } }""", "holds no bearer token")]
    [InlineData("""{ "Otlp": { "Endpoint": "https://c:4318", "TokenFile": "large" } }""", "holds no bearer token")]
    public void A_fault_says_what_where_and_no_secret(string telemetry, string told)
    {
        var fault = Assert.Single(Check(telemetry).Faults);

        Assert.Contains(told, $"{fault.Path} {fault.Problem}", StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", fault.ToString(), StringComparison.Ordinal);
    }

    CheckedOptions Check(string telemetry)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Gateway": { "Telemetry": {{telemetry}} } }"""));
        return GatewayOptionsCheck.Check(new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Gateway"), _folder.Root);
    }
}

using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class AnomalyChecksSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public AnomalyChecksSpec() => _folder.Write("connections.yaml", "");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "Enabled": false }""")]
    [InlineData("""{ "Days": 1, "Factor": 2, "LeastBytes": 1 }""")]
    [InlineData("""{ "Days": 366, "Factor": 1000, "LeastBytes": 9223372036854775807 }""")]
    public void Sound_bounds_are_taken(string anomalies) => Assert.Empty(Check(anomalies).Faults);

    [Theory]
    [InlineData("""{ "Enabled": "perhaps" }""", "Gateway:Anomalies:Enabled is neither true nor false")]
    [InlineData("""{ "Days": 0 }""", "Gateway:Anomalies:Days must be between 1 and 366")]
    [InlineData("""{ "Days": 367 }""", "Gateway:Anomalies:Days must be between 1 and 366")]
    [InlineData("""{ "Factor": 1 }""", "Gateway:Anomalies:Factor must be between 2 and 1000")]
    [InlineData("""{ "Factor": 1001 }""", "Gateway:Anomalies:Factor must be between 2 and 1000")]
    [InlineData("""{ "LeastBytes": 0 }""", "Gateway:Anomalies:LeastBytes must be between 1 and")]
    public void A_fault_says_what_and_where(string anomalies, string told)
    {
        var fault = Assert.Single(Check(anomalies).Faults);

        Assert.Contains(told, $"{fault.Path} {fault.Problem}", StringComparison.Ordinal);
    }

    CheckedOptions Check(string anomalies)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Gateway": { "Anomalies": {{anomalies}} } }"""));
        return GatewayOptionsCheck.Check(new ConfigurationBuilder().AddJsonStream(json).Build().GetSection("Gateway"), _folder.Root);
    }
}

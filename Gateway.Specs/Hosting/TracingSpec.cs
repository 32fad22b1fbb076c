using Gateway.Actors.Hosting;
using Gateway.Node;
using Gateway.Specs.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Trace;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>What spans are sent with.</summary>
public sealed class TracingSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    [Fact]
    public async Task A_token_that_was_there_at_the_check_and_is_gone_when_it_is_used_lets_no_span_go_without_it()
    {
        var token = _folder.WriteSecret("collector.token", "token\n");
        var options = new GatewayOptions
        {
            Node = new NodeOptions { Name = "spec", DataDirectory = _folder.PathOf("data") },
            Admin = new AdminOptions { Port = 0 },
            Telemetry = new TelemetryOptions { Otlp = new OtlpOptions { Endpoint = "https://localhost:1", TokenFile = token } },
        };
        using var opened = await OpenedNode.OpenAsync(options, [], TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = _folder.Root });
        await using var app = NodeHost.Build(builder, opened);
        _folder.WriteSecret("collector.token", "");

        var fault = Assert.Throws<InvalidDataException>(() => app.Services.GetRequiredService<TracerProvider>());

        Assert.Contains($"{token} holds no bearer token", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

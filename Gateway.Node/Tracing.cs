using System.Net.Http.Headers;
using Gateway.Actors.Hosting;
using Gateway.Actors.Sessions;
using Gateway.Actors.Tls;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Node;

/// <summary>Sends the spans of sessions to a collector, where one is configured; otherwise there are none.</summary>
static class Tracing
{
    /// <summary>Bytes of a collector's answer.</summary>
    const int LargestAnswer = 64 * 1024;

    /// <summary>Origin: the exporter's own default.</summary>
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(10);

    public static IServiceCollection AddTracing(this IServiceCollection services, OpenedNode node)
    {
        var (telemetry, otlp) = (node.Options.Telemetry, node.Options.Telemetry.Otlp);
        if (otlp.Endpoint is not { } endpoint) return services;
        services.AddOpenTelemetry().WithTracing(traces => traces
            .AddSource(SessionTraces.SourceName)
            .SetSampler(new TraceIdRatioBasedSampler(telemetry.SampledPercent / 100.0))
            .ConfigureResource(resource => resource.AddService("gateway", serviceInstanceId: node.Identity.Key))
            .AddOtlpExporter(exporter =>
            {
                exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                exporter.Endpoint = new Uri($"{endpoint}/v1/traces");
                exporter.HttpClientFactory = () => Client(otlp);
            }));
        return services;
    }

    /// <exception cref="InvalidDataException">The collector wants a token, and its file holds none.</exception>
    static HttpClient Client(OtlpOptions otlp)
    {
        var client = OutsideHttps.Client(otlp.AuthoritiesFile, LargestAnswer);
        client.Timeout = s_answer;
        if (otlp.TokenFile is { } file)
        {
            var token = BearerTokenFile.Read(file)
                ?? throw new InvalidDataException($"Spans cannot be sent: {file} holds no bearer token.");
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }
}

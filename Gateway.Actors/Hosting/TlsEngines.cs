using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>Which engine speaks TLS on this node.</summary>
static partial class TlsEngines
{
    public static bool UsesOpenSsl(TlsEngineChoice choice) => choice switch
    {
        TlsEngineChoice.OpenSsl => true,
        TlsEngineChoice.SslStream => false,
        _ => OpenSslEngine.IsAvailable,
    };

    /// <summary>Says once, in log and metrics, which one it is.</summary>
    public static ITlsEngine Choose(TlsOptions options, TicketKeyRing tickets, GatewayMetrics metrics, ILogger logger)
    {
        ITlsEngine engine = UsesOpenSsl(options.Engine) ? new OpenSslEngine(tickets, TlsPolicy.Suites) : new SslStreamEngine();
        metrics.TlsSpokenBy(engine.Name);
        LogChosen(logger, engine.Name);
        return engine;
    }

    [LoggerMessage(210, LogLevel.Information, "TLS is spoken by {Engine}.")]
    static partial void LogChosen(ILogger logger, string engine);
}

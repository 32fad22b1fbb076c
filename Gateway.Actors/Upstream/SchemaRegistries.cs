using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Upstream;

/// <summary>The schemas that connections' registries told, for all sessions of this node. Safe for use from several threads.</summary>
public sealed class SchemaRegistries(UpstreamSecrets secrets, TimeProvider time, GatewayMetrics metrics, ILoggerFactory logging)
{
    /// <summary>By the registry itself: whatever becomes of its connection, nobody has to forget.</summary>
    readonly ConditionalWeakTable<SchemaRegistry, RegisteredSchemas> _held = [];

    /// <param name="connection">Whose registry it is.</param>
    /// <param name="registry">The registry, told apart by the object.</param>
    public RegisteredSchemas Of(string connection, SchemaRegistry registry) => _held.GetValue(registry, those =>
    {
        var question = new SchemaQuestion(those, secrets.ReadRegistryAsync, time, (outcome, took) => metrics.SchemaAsked(connection, outcome, took));
        return new RegisteredSchemas(those.Url.Authority, those.Timeout, question.AskAsync, time, logging.CreateLogger<RegisteredSchemas>());
    });
}

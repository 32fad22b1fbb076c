using System.Runtime.CompilerServices;
using Gateway.Actors.Connections;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Upstream;

/// <summary>The schemas that connections' registries told, for all sessions of this node. Safe for use from several threads.</summary>
public sealed class SchemaRegistries(UpstreamSecrets secrets, TimeProvider time, ILoggerFactory logging)
{
    /// <summary>By the registry itself: whatever becomes of its connection, nobody has to forget.</summary>
    readonly ConditionalWeakTable<SchemaRegistry, RegisteredSchemas> _held = [];

    public RegisteredSchemas Of(SchemaRegistry registry) => _held.GetValue(
        registry, those => new RegisteredSchemas(
            those.Url.Authority, those.Timeout, new SchemaQuestion(those, secrets.ReadRegistryAsync, time).AskAsync, time, logging.CreateLogger<RegisteredSchemas>()));
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Actors.Hosting.Events;

/// <summary>
/// What outlets are told: one thing that happened, described in docs/events.md. Members are only ever added; a change of what one means is a new
/// <paramref name="Version"/>. Holds no secret and nothing that was relayed.
/// </summary>
/// <param name="Version">1.</param>
/// <param name="Id">The same each time the event is told, and no other's: the session, or <c>registry</c>, and the event's number there.</param>
/// <param name="Type">A word such as <c>session-opened</c>.</param>
/// <param name="Time">When it happened, UTC.</param>
/// <param name="Severity">How much it asks for somebody's attention.</param>
/// <param name="Node">The node it happened on.</param>
/// <param name="Summary">The whole of it in one sentence.</param>
public sealed record AuditEvent(int Version, string Id, string Type, string Time, EventSeverity Severity, string Node, string Summary)
{
    public SessionPart? Session { get; init; }

    /// <summary>How it ended, of a session that did.</summary>
    public EndPart? End { get; init; }

    public IReadOnlyList<DeniedPart>? Denied { get; init; }

    /// <summary>In what a session differs from its subject's earlier ones.</summary>
    public AnomalyPart? Anomaly { get; init; }

    /// <summary>What operators, or the cluster itself, did.</summary>
    public ActPart? Act { get; init; }

    /// <summary>True where texts or lists were cut: the journal has the rest.</summary>
    public bool? Truncated { get; init; }

    /// <summary>When it happened, in microseconds since the Unix epoch.</summary>
    [JsonIgnore]
    public long At { get; init; }

    /// <summary>The event as JSON in ASCII, in one line.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, EventJson.Default.AuditEvent);
}

/// <summary>The session an event is about; what is not known of it is left out.</summary>
public sealed record SessionPart(string Id, string Connection, string Protocol, string Client)
{
    public string? Subject { get; init; }

    public string? Issuer { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    public string? Started { get; init; }

    public string? ServerName { get; init; }

    public string? Tls { get; init; }

    public string? CertificateSha256 { get; init; }

    public string? Ja4 { get; init; }
}

/// <param name="Ending">A word of the session's record.</param>
/// <param name="ToUpstreamBytes">Relayed bytes.</param>
/// <param name="ToClientBytes">Likewise.</param>
public sealed record EndPart(string Ending, long ToUpstreamBytes, long ToClientBytes)
{
    /// <summary>A word of docs/refusals.md.</summary>
    public string? Refusal { get; init; }

    /// <summary>Who has to change something: <c>client</c>, <c>gateway</c> or <c>upstream</c>.</summary>
    public string? Side { get; init; }

    public string? Detail { get; init; }
}

/// <param name="Kind">A word such as <c>volume-unusual</c>.</param>
/// <param name="Explanation">A sentence with the figures.</param>
public sealed record AnomalyPart(string Kind, string Explanation);

public sealed record DeniedPart(string Operation, string Resource);

/// <summary>An act of the registry's record, as <c>gateway audit list</c> shows it.</summary>
public sealed record ActPart(long Number, string Act, string Who, string Issuer, string Address, string Target, string Detail);

// Whatever is not ASCII is escaped: no server's character set can harm it.
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AuditEvent))]
sealed partial class EventJson : JsonSerializerContext;

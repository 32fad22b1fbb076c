using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Actors.Hosting.Events;

[JsonConverter(typeof(EventSeverityJson))]
public enum EventSeverity
{
    Info,
    Notice,
    Warning,
}

/// <summary>The words for an <see cref="EventSeverity"/>.</summary>
public static class EventSeverityWords
{
    public static string Word(this EventSeverity severity) => JsonNamingPolicy.CamelCase.ConvertName(severity.ToString());
}

sealed class EventSeverityJson() : JsonStringEnumConverter<EventSeverity>(JsonNamingPolicy.CamelCase);

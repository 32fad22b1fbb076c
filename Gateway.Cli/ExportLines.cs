using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary>
/// A line of an exported recording: <c>{"sequence", "manifest", "event"}</c>, <c>{"at", "direction", "payload"}</c>, or, where operations were kept and
/// their payload was not, <c>{"at", "direction", "operation", "resources", "detail", "bytes"}</c>.
/// </summary>
static class ExportLines
{
    public static void Write(Utf8JsonWriter writer, JournaledEvent journaled, SessionEvent e)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sequence", journaled.SequenceNumber);
        writer.WriteString("manifest", journaled.Manifest);
        writer.WritePropertyName("event");
        JsonSerializer.Serialize(writer, e, e.GetType(), EventJson.Default);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, NoticeView noticed)
    {
        writer.WriteStartObject();
        writer.WriteString("at", noticed.At);
        writer.WriteString("anomaly", noticed.Kind);
        writer.WriteString("explanation", noticed.Explanation);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ReplayPiece piece)
    {
        writer.WriteStartObject();
        WriteWhen(writer, piece.At, piece.Direction);
        writer.WriteBase64String("payload", piece.Bytes.Span);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, long startedAt, RecordedOperation operation)
    {
        writer.WriteStartObject();
        WriteWhen(writer, startedAt + operation.AfterMicros, operation.Direction);
        writer.WriteString("operation", operation.Name);
        writer.WriteStartArray("resources");
        foreach (var resource in operation.Resources) writer.WriteStringValue(resource);
        writer.WriteEndArray();
        writer.WriteString("detail", operation.Detail);
        writer.WriteNumber("bytes", operation.Length);
        writer.WriteEndObject();
    }

    static void WriteWhen(Utf8JsonWriter writer, long at, Direction direction)
    {
        writer.WriteString("at", JournalTime.Write(at));
        writer.WriteString("direction", direction.Word());
    }
}

/// <summary>The journal's events as they are, with the product's words for refusals and endings. Times are micros since 1970.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(RefusalWord), typeof(EndingWord), typeof(LevelWord)])]
[JsonSerializable(typeof(SessionOpened))]
[JsonSerializable(typeof(SessionRefused))]
[JsonSerializable(typeof(UpstreamSecured))]
[JsonSerializable(typeof(TrafficCounted))]
[JsonSerializable(typeof(OperationsDenied))]
[JsonSerializable(typeof(AccessConfirmed))]
[JsonSerializable(typeof(AccessEnding))]
[JsonSerializable(typeof(SessionNoticed))]
[JsonSerializable(typeof(SessionSealed))]
sealed partial class EventJson : JsonSerializerContext;

/// <summary>Written only: an export is not read back.</summary>
sealed class RefusalWord : JsonConverter<Refusal>
{
    public override Refusal Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Refusal value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Word());
}

/// <inheritdoc cref="RefusalWord"/>
sealed class EndingWord : JsonConverter<Ending>
{
    public override Ending Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Ending value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Word());
}

/// <inheritdoc cref="RefusalWord"/>
sealed class LevelWord : JsonConverter<RecordingLevel>
{
    public override RecordingLevel Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, RecordingLevel value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Word());
}

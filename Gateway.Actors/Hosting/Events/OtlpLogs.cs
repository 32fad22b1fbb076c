using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Actors.Hosting.Events;

/// <summary>Events as an OTLP request to export logs, in JSON (OTLP 1.x, "JSON Protobuf Encoding"). Pure.</summary>
static class OtlpLogs
{
    public static byte[] Request(IReadOnlyList<AuditEvent> batch)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceLogs");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            Attributes(json, ("service.name", "gateway"));
            json.WriteEndObject();
            json.WriteStartArray("scopeLogs");
            json.WriteStartObject();
            json.WriteStartObject("scope");
            json.WriteString("name", "Gateway.Events");
            json.WriteString("version", "1");
            json.WriteEndObject();
            json.WriteStartArray("logRecords");
            foreach (var e in batch) Record(json, e);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>
    /// How many of a batch's records the collector's answer rejects (<c>partialSuccess.rejectedLogRecords</c>). They are not to be sent
    /// again, as the protocol has it. What else an answer may say means nothing here.
    /// </summary>
    public static int Rejected(byte[] answer, int sent)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("partialSuccess", out var partial)
                || partial.ValueKind != JsonValueKind.Object || !partial.TryGetProperty("rejectedLogRecords", out var number))
                return 0;
            var text = number.ValueKind == JsonValueKind.String ? number.GetString() : number.GetRawText();
            var isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var rejected);
            return isNumber ? (int)Math.Clamp(rejected, 0, sent) : 0;
        }
        // The second: text that is not UTF-8.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return 0;
        }
    }

    static void Record(Utf8JsonWriter json, AuditEvent e)
    {
        json.WriteStartObject();
        // 64-bit numbers are texts in this encoding.
        json.WriteString("timeUnixNano", (Math.Max(e.At, 0) * (Int128)1000).ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("severityNumber", Severity(e.Severity));
        json.WriteString("severityText", e.Severity.Word());
        json.WriteString("eventName", $"gateway.{e.Type}");
        json.WriteStartObject("body");
        json.WriteString("stringValue", Encoding.ASCII.GetString(e.ToBytes()));
        json.WriteEndObject();
        Attributes(
            json, ("gateway.event.id", e.Id), ("gateway.event.type", e.Type), ("gateway.node", e.Node), ("gateway.session.id", e.Session?.Id),
            ("gateway.connection", e.Session?.Connection), ("gateway.refusal", e.End?.Refusal));
        json.WriteEndObject();
    }

    static void Attributes(Utf8JsonWriter json, params ReadOnlySpan<(string Key, string? Value)> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            if (string.IsNullOrEmpty(value)) continue;
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            json.WriteString("stringValue", value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Logs data model, "Mapping of SeverityNumber": INFO, INFO2, WARN.
    static int Severity(EventSeverity severity) => severity switch
    {
        EventSeverity.Info => 9,
        EventSeverity.Notice => 10,
        EventSeverity.Warning => 13,
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };
}

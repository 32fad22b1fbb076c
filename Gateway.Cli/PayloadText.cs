using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Cli;

/// <summary>How payload is shown.</summary>
public enum PayloadForm
{
    /// <summary>JSON indented, other text as it is, anything else in hex.</summary>
    Sniffed,
    Text,
    Hex,
}

/// <summary>Payload as lines that are safe on a terminal: whoever sent it chose every byte.</summary>
public static class PayloadText
{
    const int HexColumns = 16;

    static readonly JsonWriterOptions s_indented =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The lines; <paramref name="whole"/> is how long the payload was of which these are the first bytes.</summary>
    public static IEnumerable<string> Lines(ReadOnlyMemory<byte> payload, long whole, PayloadForm form)
    {
        var lines = form switch
        {
            PayloadForm.Hex => Hex(payload),
            PayloadForm.Text => Text(Encoding.UTF8.GetString(payload.Span)),
            _ => Sniffed(payload, isWhole: whole == payload.Length),
        };
        return whole > payload.Length
            ? lines.Append(string.Create(CultureInfo.InvariantCulture, $"... {whole - payload.Length} more bytes"))
            : lines;
    }

    /// <summary>Sixteen bytes a line: offset, hex, and what is printable ASCII, as <c>hexdump -C</c> writes it.</summary>
    public static IEnumerable<string> Hex(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at += HexColumns)
        {
            var row = bytes.Slice(at, Math.Min(HexColumns, bytes.Length - at));
            var digits = string.Join(' ', row.ToArray().Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
            yield return string.Create(CultureInfo.InvariantCulture, $"{at:x8}  {digits,-(HexColumns * 3 - 1)}  |{Printable.Preview(row.Span, HexColumns)}|");
        }
    }

    static IEnumerable<string> Sniffed(ReadOnlyMemory<byte> payload, bool isWhole)
    {
        if (isWhole && Json(payload.Span) is { } json) return Text(json);
        // Text that was cut off may end within a character.
        var text = isWhole ? payload : payload[..Complete(payload.Span)];
        return Utf8.IsValid(text.Span) && !HasControls(text.Span) ? Text(Encoding.UTF8.GetString(text.Span)) : Hex(payload);
    }

    static IEnumerable<string> Text(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n').Split('\n').Select(line => Printable.Text(line));

    static int Complete(ReadOnlySpan<byte> utf8)
    {
        for (var back = 1; back <= Math.Min(3, utf8.Length); back++)
        {
            var last = utf8[^back];
            if ((last & 0xC0) == 0x80) continue;
            var length = last >= 0xF0 ? 4 : last >= 0xE0 ? 3 : last >= 0xC0 ? 2 : 1;
            return length > back ? utf8.Length - back : utf8.Length;
        }

        return utf8.Length;
    }

    static bool HasControls(ReadOnlySpan<byte> utf8)
    {
        foreach (var b in utf8)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r') or 0x7f) return true;
        }

        return false;
    }

    static string? Json(ReadOnlySpan<byte> bytes)
    {
        if (bytes.TrimStart(" \t\r\n"u8) is not [(byte)'{' or (byte)'[', ..]) return null;
        var shown = new ArrayBufferWriter<byte>(bytes.Length * 2);
        try
        {
            var reader = new Utf8JsonReader(bytes);
            using var read = JsonDocument.ParseValue(ref reader);
            if (!bytes[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty) return null;
            using var writer = new Utf8JsonWriter(shown, s_indented);
            read.WriteTo(writer);
        }
        catch (JsonException)
        {
            return null;
        }

        return Encoding.UTF8.GetString(shown.WrittenSpan);
    }
}

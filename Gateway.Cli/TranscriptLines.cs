using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Reading;

namespace Gateway.Cli;

/// <summary>Traffic as lines for people or programs. What peers chose is made safe to show.</summary>
static class TranscriptLines
{
    const int PreviewBytes = 48;

    const string Indent = "    ";

    /// <summary>When, which way, how many bytes, how they begin; below that all of them where a form asks for it.</summary>
    public static IEnumerable<string> Of(ReplayPiece piece, TranscriptForm form)
    {
        var head = Head(piece.At, piece.Direction, piece.Bytes.Length, form is TranscriptForm.Hex or TranscriptForm.Text ? default : piece.Bytes);
        return form switch
        {
            TranscriptForm.Hex => Under(head, PayloadText.Lines(piece.Bytes, piece.Bytes.Length, PayloadForm.Hex)),
            TranscriptForm.Text => Under(head, PayloadText.Lines(piece.Bytes, piece.Bytes.Length, PayloadForm.Text)),
            _ => [head],
        };
    }

    /// <summary>When, which way, what; below that its fields and what it carries.</summary>
    public static IEnumerable<string> Of(DecodedOperation operation)
    {
        if (operation.Name == DecodedOperation.Bytes) return [Head(operation)];
        var fields = operation.Fields.Select(field => $"{Printable.Text(field.Key)}: {Printable.Text(field.Value)}");
        var payload = operation.Payload.IsEmpty ? [] : PayloadText.Lines(operation.Payload, operation.PayloadLength, PayloadForm.Sniffed);
        return Under(Head(operation), fields.Concat(payload));
    }

    /// <summary>The first of an operation's lines.</summary>
    public static string Head(DecodedOperation operation)
    {
        if (operation.Name == DecodedOperation.Bytes)
        {
            var bytes = Head(operation.At, operation.Direction, operation.PayloadLength, operation.Payload);
            return operation.Detail.Length == 0 ? bytes : $"{bytes}  ({operation.Detail})";
        }

        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{JournalTime.Write(operation.At)} {Arrow(operation.Direction)} {operation.Name,-11}");
        foreach (var resource in operation.Resources) line.Append(' ').Append(Printable.Text(resource));
        if (operation.Resources.Count > 0) line.Append(' ');
        if (operation.Detail.Length > 0) line.Append(' ').Append(Printable.Text(operation.Detail));
        if (operation.PayloadLength > 0)
            line.Append(CultureInfo.InvariantCulture, $"{(operation.Detail.Length > 0 ? ", " : " ")}{operation.PayloadLength} bytes");
        return line.ToString().TrimEnd();
    }

    /// <summary>One line of JSON.</summary>
    public static string Json(DecodedOperation operation) => JsonSerializer.Serialize(OperationView.Of(operation), AdminJson.Default.OperationView);

    /// <summary>When, and what was noticed then.</summary>
    public static string Of(NoticeView noticed) => $"{noticed.At} !! {noticed.Kind}: {Printable.Text(noticed.Explanation)}";

    /// <summary>One line of JSON.</summary>
    public static string Json(NoticeView noticed) => Json(writer => ExportLines.Write(writer, noticed));

    /// <summary>As <c>sessions export</c> writes it.</summary>
    public static string Json(ReplayPiece piece) => Json(writer => ExportLines.Write(writer, piece));

    static string Json(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(line)) write(writer);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    static string Head(long at, Direction direction, long length, ReadOnlyMemory<byte> begins) => string.Create(
        CultureInfo.InvariantCulture,
        $"{JournalTime.Write(at)} {Arrow(direction)} {length,7}  {Printable.Preview(begins.Span, PreviewBytes)}").TrimEnd();

    static string Arrow(Direction direction) => direction == Direction.ToUpstream ? "->" : "<-";

    static IEnumerable<string> Under(string head, IEnumerable<string> lines) => lines.Select(line => Indent + line).Prepend(head);
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Protocols.Masking;

/// <summary>Opens the encrypted fields in texts, wherever they stand; all else stays byte for byte. Fields of another key, or that were changed, stay too.</summary>
/// <param name="key">What they were encrypted with.</param>
/// <param name="inJson">The texts are JSON: what is opened is escaped as a part of a string.</param>
public sealed class EncryptedFields(MaskingKey key, bool inJson)
{
    const int IdLength = 8;

    static readonly byte[] s_start = "enc.1."u8.ToArray();
    static readonly SearchValues<byte> s_hex = SearchValues.Create("0123456789abcdef"u8);

    public long Opened { get; private set; }

    /// <summary>Fields that stayed as they are.</summary>
    public long Kept { get; private set; }

    public void Open(ReadOnlySpan<byte> text, Stream target)
    {
        while (text.IndexOf(s_start) is var at and >= 0)
        {
            target.Write(text[..at]);
            text = text[at..];
            var length = LengthOf(text);
            var field = text[..(length > 0 ? length : s_start.Length)];
            if (length > 0 && key.Decrypt(Encoding.ASCII.GetString(field)) is { } opened)
            {
                target.Write(inJson ? JsonEncodedText.Encode(opened, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes : opened);
                Opened++;
            }
            else
            {
                target.Write(field);
                if (length > 0) Kept++;
            }

            text = text[field.Length..];
        }

        target.Write(text);
    }

    /// <summary>Bytes of the field that the text begins with; 0: it has another form.</summary>
    static int LengthOf(ReadOnlySpan<byte> text)
    {
        var data = s_start.Length + IdLength + 1;
        if (text.Length <= data || text[data - 1] != '.' || text[s_start.Length..(data - 1)].ContainsAnyExcept(s_hex)) return 0;
        var end = data;
        while (end < text.Length && Detect.Bytes.IsBase64Url(text[end])) end++;
        return end > data ? end : 0;
    }
}

using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Gateway.Protocols.Masking;

/// <summary>
/// The contents of JSON strings. RFC 8259 section 7. Unlike the base library's it fails at nothing: an escaped half of a surrogate pair, which names
/// no character, becomes U+FFFD, as it does in most readers.
/// </summary>
static class JsonText
{
    /// <summary>Writes what an escaped string means. Takes one that a JSON reader has found well-formed.</summary>
    public static void Unescape(ReadOnlySpan<byte> escaped, PooledWriter target)
    {
        while (true)
        {
            var slash = escaped.IndexOf((byte)'\\');
            if (slash < 0 || slash + 1 >= escaped.Length)
            {
                target.Write(escaped);
                return;
            }

            target.Write(escaped[..slash]);
            escaped = escaped[(slash + 1)..];
            if (escaped[0] == 'u') Character(ref escaped, target);
            else
            {
                target.Write([Plain(escaped[0])]);
                escaped = escaped[1..];
            }
        }
    }

    /// <summary>Writes a text as the content of a JSON string.</summary>
    public static void Escape(ReadOnlySpan<byte> text, PooledWriter target)
    {
        while (true)
        {
            var at = text.IndexOfAny(s_mustEscape);
            if (at < 0)
            {
                target.Write(text);
                return;
            }

            target.Write(text[..at]);
            Escaped(text[at], target);
            text = text[(at + 1)..];
        }
    }

    static readonly SearchValues<byte> s_mustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    static void Escaped(byte character, PooledWriter target)
    {
        if (character is (byte)'"' or (byte)'\\')
        {
            target.Write([(byte)'\\', character]);
            return;
        }

        target.Write("\\u00"u8);
        Utf8Formatter.TryFormat(character, target.GetSpan(2), out var written, new StandardFormat('x', 2));
        target.Advance(written);
    }

    static byte Plain(byte letter) => letter switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => letter,
    };

    static void Character(ref ReadOnlySpan<byte> rest, PooledWriter target)
    {
        var first = Unit(ref rest);
        var rune = System.Text.Rune.ReplacementChar;
        if (!char.IsSurrogate(first)) rune = new(first);
        else if (char.IsHighSurrogate(first) && rest is [(byte)'\\', (byte)'u', ..])
        {
            var after = rest[1..];
            if (Unit(ref after) is var second && char.IsLowSurrogate(second))
            {
                rune = new(first, second);
                rest = after;
            }
        }

        target.Advance(rune.EncodeToUtf8(target.GetSpan(4)));
    }

    static char Unit(ref ReadOnlySpan<byte> rest)
    {
        var isUnit = ushort.TryParse(rest.Slice(1, Math.Min(4, rest.Length - 1)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit);
        rest = rest[Math.Min(5, rest.Length)..];
        return isUnit ? (char)unit : '\uFFFD';
    }
}

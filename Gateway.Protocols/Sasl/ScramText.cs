using System.Text;

namespace Gateway.Protocols.Sasl;

/// <summary>The parts of SCRAM's messages (RFC 5802 section 7).</summary>
static class ScramText
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text of a message; null where it is not UTF-8.</summary>
    public static string? Of(ReadOnlySpan<byte> message)
    {
        try
        {
            return s_strict.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Base 64 without anything else in it, which one text alone stands for; null where it is none.</summary>
    public static byte[]? Decoded(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }

    /// <summary>A <c>saslname</c>: a comma is <c>=2C</c> in it, an equals sign <c>=3D</c>, and nothing else is escaped. Null where it is none.</summary>
    public static string? Name(string written)
    {
        var name = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '=')
            {
                name.Append(written[i]);
                continue;
            }

            if (i + 2 >= written.Length) return null;
            var escaped = written[(i + 1)..(i + 3)];
            if (escaped is not ("2C" or "3D")) return null;
            name.Append(escaped == "2C" ? ',' : '=');
            i += 2;
        }

        return name.Length > 0 ? name.ToString() : null;
    }

    /// <summary>A <c>nonce</c>: visible ASCII without commas, of at most so many characters.</summary>
    public static bool IsNonce(string text, int most) => text.Length > 0 && text.Length <= most && text.All(c => c is > ' ' and <= '~' and not ',');
}

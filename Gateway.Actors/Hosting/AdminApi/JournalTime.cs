using System.Globalization;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>The journal's times, microseconds since the Unix epoch, as people and programs read them: ISO 8601, UTC.</summary>
public static class JournalTime
{
    const string Written = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    // The end of the year 9999, the last that DateTimeOffset holds.
    const long LastMicros = 253_402_300_799_999_999;

    static readonly string[] s_read = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>A time that no calendar reaches is written as a plain number: <c>-1us</c>.</summary>
    public static string Write(long micros) => micros is < 0 or > LastMicros
        ? string.Create(CultureInfo.InvariantCulture, $"{micros}us")
        : UnixMicros.Time(micros).ToString(Written, CultureInfo.InvariantCulture);

    /// <summary>What <see cref="Write"/> writes, and ISO 8601 with less precision or another offset; null for anything else.</summary>
    public static long? Parse(string text)
    {
        if (text.EndsWith("us", StringComparison.Ordinal)) return Number(text.AsSpan(0, text.Length - 2));
        var read = DateTimeOffset.TryParseExact(text, s_read, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        return read ? UnixMicros.Of(time) : null;
    }

    static long? Number(ReadOnlySpan<char> digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros) ? micros : null;
}

using System.Globalization;
using System.Text;

namespace Gateway.Actors.Hosting.Events;

/// <summary>Events as syslog messages (RFC 5424), framed by their length (RFC 5425 section 4.3). Pure.</summary>
public static class SyslogMessage
{
    /// <summary>RFC 5424 section 6.2.1: "log audit".</summary>
    const int Facility = 13;

    const int LongestHost = 255;

    const int LongestMessageId = 32;

    public static byte[] Framed(AuditEvent e)
    {
        var header = Encoding.ASCII.GetBytes(
            $"<{Facility * 8 + Severity(e.Severity)}>1 {e.Time} {Name(e.Node, LongestHost)} gateway - {Name(e.Type, LongestMessageId)} - ");
        var body = e.ToBytes();
        var length = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{header.Length + body.Length} "));
        return [.. length, .. header, .. body];
    }

    // RFC 5424 section 6.2.1.
    static int Severity(EventSeverity severity) => severity switch
    {
        EventSeverity.Info => 6,
        EventSeverity.Notice => 5,
        EventSeverity.Warning => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(severity)),
    };

    // PRINTUSASCII without spaces, or the dash for nothing.
    static string Name(string text, int most)
    {
        var name = new string([.. text.Where(c => c is > ' ' and <= '~').Take(most)]);
        return name.Length > 0 ? name : "-";
    }
}

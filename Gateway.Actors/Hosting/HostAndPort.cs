using System.Globalization;

namespace Gateway.Actors.Hosting;

/// <summary>Where a server is, as settings write it: <c>host:port</c> or <c>[address]:port</c>. Pure.</summary>
public static class HostAndPort
{
    /// <summary>Null where it is neither.</summary>
    public static (string Host, int Port)? Read(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0) return null;
        var host = text[..colon];
        // Without brackets the end of an IPv6 address would pass for a port.
        return Uri.CheckHostName(host) is UriHostNameType.Unknown || (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
            ? null
            : (host.Trim('[', ']'), port);
    }
}

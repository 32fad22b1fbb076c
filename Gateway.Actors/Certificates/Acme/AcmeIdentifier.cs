using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>A name that a certificate is asked for: a DNS name (RFC 8555 section 9.7.7) or an IP address (RFC 8738).</summary>
public static class AcmeIdentifier
{
    internal static JsonObject ToJson(string name) => IPAddress.TryParse(name, out var address)
        ? new JsonObject { ["type"] = "ip", ["value"] = address.ToString() }
        : new JsonObject { ["type"] = "dns", ["value"] = name };

    /// <summary>Null when the name can be validated; otherwise why it cannot.</summary>
    public static string? Problem(string name) => name.StartsWith('*')
        ? "stands for many names, which is proved by DNS records alone"
        : Uri.CheckHostName(name) == UriHostNameType.Unknown ? "is neither a host name nor an address" : null;

    /// <summary>
    /// What a server that validates by tls-alpn-01 asks for by SNI: the name itself, lower case, or the reverse name of an address (RFC 8738 section 6).
    /// </summary>
    public static string ServerName(string name)
    {
        if (!IPAddress.TryParse(name, out var address)) return name.ToLowerInvariant();
        var bytes = address.GetAddressBytes().Reverse();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', bytes) + ".in-addr.arpa"
            : string.Join('.', bytes.SelectMany(b => new[] { $"{b & 15:x}", $"{b >> 4:x}" })) + ".ip6.arpa";
    }
}

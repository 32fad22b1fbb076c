using System.Net;
using System.Net.Sockets;

namespace Gateway.Actors.Connections;

/// <summary>Lists of networks in a connection.</summary>
static class NetworkFields
{
    public static IReadOnlyList<IPNetwork> Networks(this YamlFields fields, string key) => [.. fields.Texts(key).Select(text => Network(fields, key, text))];

    static IPNetwork Network(YamlFields fields, string key, string text)
    {
        var (address, prefix) = text.Split('/') is [var first, var second] ? (first, second) : (text, null);
        if (IPAddress.TryParse(address, out var ip) && IsCanonical(ip, address))
        {
            if (prefix is null) return new IPNetwork(ip, ip.GetAddressBytes().Length * 8);
            // Bits after the prefix would be ignored: is the address meant, or the network?
            if (IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(ip)) return network;
        }

        fields.Fault(key, $"\"{text}\" is no network", "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix");
        return default;
    }

    // IPAddress reads 010.1 as 8.0.0.1: what a reviewer reads is what must count.
    static bool IsCanonical(IPAddress ip, string text) => ip.AddressFamily != AddressFamily.InterNetwork || ip.ToString() == text;
}

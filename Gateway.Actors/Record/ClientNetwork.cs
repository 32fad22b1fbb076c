using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Actors.Record;

/// <summary>
/// A network that clients connect from, as prefixes of the index's texts: <c>192.0.2.7:40112</c>, <c>[2001:db8::7]:40112</c>. Of IPv4 any network;
/// of IPv6 one address, because a network has no common text.
/// </summary>
public readonly record struct ClientNetwork
{
    public const string Rule = "must be an IP address or an IPv4 network such as 192.0.2.0/24";

    const int OctetBits = 8;

    readonly IPNetwork _network;

    ClientNetwork(IPNetwork network) => _network = network;

    /// <summary>What the texts of its addresses begin with, one of them: at most 128. Empty: every address is in it.</summary>
    public IReadOnlyList<string> Prefixes
    {
        get
        {
            var address = _network.BaseAddress;
            if (address.AddressFamily == AddressFamily.InterNetworkV6) return [$"[{address}]:"];
            if (_network.PrefixLength == 0) return [];
            var octets = address.GetAddressBytes();
            var (whole, bits) = ((_network.PrefixLength - 1) / OctetBits, (_network.PrefixLength - 1) % OctetBits + 1);
            var begin = string.Concat(octets.Take(whole).Select(octet => string.Create(CultureInfo.InvariantCulture, $"{octet}.")));
            // After the last octet comes the port.
            var end = whole == octets.Length - 1 ? ':' : '.';
            return
            [
                .. Enumerable.Range(octets[whole], 1 << (OctetBits - bits)).Select(octet => string.Create(CultureInfo.InvariantCulture, $"{begin}{octet}{end}")),
            ];
        }
    }

    /// <summary>Null for what is no such network.</summary>
    public static ClientNetwork? Parse(string text)
    {
        if (IPAddress.TryParse(text, out var address)) text = $"{address}/{(address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)}";
        if (!IPNetwork.TryParse(text, out var network)) return null;
        return network.BaseAddress.AddressFamily == AddressFamily.InterNetwork || network.PrefixLength == 128 ? new ClientNetwork(network) : null;
    }

    public override string ToString() => _network.ToString();
}

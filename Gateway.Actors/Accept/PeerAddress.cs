using System.Net;
using System.Net.Sockets;

namespace Gateway.Actors.Accept;

/// <summary>What an address that a socket shows is, and what counts as one. Pure.</summary>
public static class PeerAddress
{
    /// <summary>Addresses an IPv6 network hands to one host (RFC 4291 section 2.5.4).</summary>
    const int NetworkBytes = 8;

    /// <summary>A socket of both families shows an IPv4 peer as ::ffff:192.0.2.7, which is 192.0.2.7.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public static IPEndPoint Plain(IPEndPoint peer) => peer.Address.IsIPv4MappedToIPv6 ? new(peer.Address.MapToIPv4(), peer.Port) : peer;

    /// <summary>What limits count as one: an address of IPv4, a /64 of IPv6.</summary>
    public static IPAddress Network(IPAddress address)
    {
        var plain = Plain(address);
        if (plain.AddressFamily != AddressFamily.InterNetworkV6) return plain;
        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}

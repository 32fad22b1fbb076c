using System.Net;

namespace Gateway.Actors.Connections;

/// <summary>Which addresses two connections cannot both listen on.</summary>
public static class ListenAddresses
{
    public static bool Overlap(IPEndPoint one, IPEndPoint other) =>
        one.Port != 0 && one.Port == other.Port && (IsAny(one.Address) || IsAny(other.Address) || one.Address.Equals(other.Address));

    public static bool Overlap(IEnumerable<IPEndPoint> some, IEnumerable<IPEndPoint> others) => some.Any(one => others.Any(other => Overlap(one, other)));

    static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}

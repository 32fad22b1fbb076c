using System.Buffers.Binary;
using System.Security.Cryptography;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Ticket keys that no node has to tell another: each derives those of an hour from the cluster's key, so that a client resumes on any node, and the
/// keys are replaced each hour.
/// </summary>
public static class DerivedTicketKeys
{
    const string What = "gateway.ticket-key.1";

    /// <summary>The keys of an hour, counted from the Unix epoch; the newest cluster key's first.</summary>
    public static IReadOnlyList<TicketKey> Of(ClusterKey cluster, long hour)
    {
        Span<byte> which = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(which, hour);
        var secrets = cluster.Derive(What, which, TicketKey.Length);
        var keys = secrets.Select(secret => TicketKey.From(secret)).ToArray();
        foreach (var secret in secrets) CryptographicOperations.ZeroMemory(secret);
        return keys;
    }
}

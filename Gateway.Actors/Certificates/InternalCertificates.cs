using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Certificates;

/// <summary>
/// A node's certificate from its internal authority: short-lived, and replaced long before it expires, by the first handshake that finds
/// it due. A timer would stand still while the machine sleeps, and its failure would be nobody's. Handshakes that run keep the one they
/// began with.
/// </summary>
sealed class InternalCertificates : INodeCertificates, IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The last third of the lifetime is for connections and clocks that lag behind.</summary>
    public static readonly TimeSpan RenewAfter = Lifetime * 2 / 3;

    readonly InternalAuthority _authority;
    readonly IReadOnlyList<string> _names;
    readonly TimeProvider _time;
    readonly Lock _issuing = new();
    Issued _issued;

    public InternalCertificates(InternalAuthority authority, IReadOnlyList<string> names, TimeProvider time)
    {
        (_authority, _names, _time) = (authority, names, time);
        ClusterAuthorities = authority.Trust;
        _issued = Issue();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            var issued = Volatile.Read(ref _issued);
            return IsDue(issued) ? Renewed() : issued.Context;
        }
    }

    public X509Certificate2Collection ClusterAuthorities { get; }

    public void Dispose() => _authority.Dispose();

    SslStreamCertificateContext Renewed()
    {
        lock (_issuing)
        {
            if (IsDue(_issued)) Volatile.Write(ref _issued, Issue());
            return _issued.Context;
        }
    }

    bool IsDue(Issued issued) => _time.GetUtcNow() >= issued.RenewAt;

    // A replaced certificate is left to the garbage collector: a handshake may still present it.
    Issued Issue()
    {
        var renewAt = _time.GetUtcNow() + RenewAfter;
        return new(SslStreamCertificateContext.Create(_authority.Issue(_names, Lifetime), ClusterAuthorities, offline: true), renewAt);
    }

    sealed record Issued(SslStreamCertificateContext Context, DateTimeOffset RenewAt);
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Certificates;

/// <summary>
/// A node's certificate from its internal authority: short-lived, and replaced long before it expires. Handshakes that run keep the one they began with.
/// </summary>
sealed class InternalCertificates : INodeCertificates, IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>Renewal after two thirds of the lifetime leaves the last third to notice that it fails.</summary>
    public static readonly TimeSpan RenewAfter = Lifetime * 2 / 3;

    readonly InternalAuthority _authority;
    readonly IReadOnlyList<string> _names;
    readonly ITimer _renewal;
    SslStreamCertificateContext _current;

    public InternalCertificates(InternalAuthority authority, IReadOnlyList<string> names, TimeProvider time)
    {
        (_authority, _names) = (authority, names);
        ClusterAuthorities = authority.Trust;
        _current = Issue();
        _renewal = time.CreateTimer(_ => Volatile.Write(ref _current, Issue()), null, RenewAfter, RenewAfter);
    }

    public SslStreamCertificateContext Current => Volatile.Read(ref _current);

    public X509Certificate2Collection ClusterAuthorities { get; }

    public void Dispose()
    {
        _renewal.Dispose();
        _authority.Dispose();
    }

    // A replaced certificate is left to the garbage collector: a handshake may still present it.
    SslStreamCertificateContext Issue() => SslStreamCertificateContext.Create(_authority.Issue(_names, Lifetime), ClusterAuthorities, offline: true);
}

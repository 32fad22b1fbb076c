using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;

namespace Gateway.Specs.Support;

/// <summary>A node that proves itself with one certificate for ever.</summary>
public sealed class FixedCertificates(X509Certificate2 certificate, X509Certificate2Collection authorities) : INodeCertificates
{
    public SslStreamCertificateContext Current { get; } =
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    public X509Certificate2Collection ClusterAuthorities { get; } = authorities;
}

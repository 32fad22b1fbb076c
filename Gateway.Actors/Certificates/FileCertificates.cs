using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Certificates;

/// <summary>The certificate, its chain and the cluster's authorities from PEM files, as they were when the node started.</summary>
sealed class FileCertificates : INodeCertificates, IDisposable
{
    readonly X509Certificate2 _certificate;

    public FileCertificates(CertificateOptions options)
    {
        _certificate = ConfiguredFiles.WithKey(options.CertificateFile!, options.KeyFile!, out var problem) ?? throw Fault(problem);
        ClusterAuthorities = ConfiguredFiles.Certificates(options.ClusterAuthoritiesFile!, out problem);
        if (problem is not null) throw Fault(problem);
        var sent = ConfiguredFiles.Certificates(options.CertificateFile!, out _);
        // Offline: what is sent along is what the file holds, and nothing is downloaded to complete it.
        Current = SslStreamCertificateContext.Create(_certificate, sent, offline: true);
    }

    public SslStreamCertificateContext Current { get; }

    public X509Certificate2Collection ClusterAuthorities { get; }

    public void Dispose() => _certificate.Dispose();

    static InvalidDataException Fault(FileProblem? problem) => new($"{problem!.Value.Problem}; {problem.Value.Remedy}.");
}

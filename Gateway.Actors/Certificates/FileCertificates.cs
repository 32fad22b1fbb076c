using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Certificates;

/// <summary>
/// The certificate, its chain and the cluster's authorities from PEM files. Changed files are taken up while the node runs, so that
/// whatever renews them need not know of it; files that are faulty (half written, say) change nothing until they are whole.
/// </summary>
sealed partial class FileCertificates : INodeCertificates
{
    /// <summary>How long a change may go unnoticed. Reading three small files this often costs nothing that could be measured.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    readonly CertificateOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _log;
    readonly Lock _looking = new();
    Loaded _loaded;
    string _fingerprint;
    long _looked;

    public FileCertificates(CertificateOptions options, TimeProvider time, ILogger log)
    {
        (_options, _time, _log) = (options, time, log);
        _fingerprint = Fingerprint();
        _loaded = Load(out var problem) ?? throw new InvalidDataException($"{problem.Problem}; {problem.Remedy}.");
        _looked = time.GetTimestamp();
    }

    public SslStreamCertificateContext Current => Newest().Context;

    public X509Certificate2Collection ClusterAuthorities => Newest().Authorities;

    Loaded Newest()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _looked)) < LookEvery || !_looking.TryEnter()) return Volatile.Read(ref _loaded);
        try
        {
            Look();
        }
        finally
        {
            _looking.Exit();
        }

        return Volatile.Read(ref _loaded);
    }

    void Look()
    {
        Volatile.Write(ref _looked, _time.GetTimestamp());
        var fingerprint = Fingerprint();
        if (fingerprint == _fingerprint) return;
        if (Load(out var problem) is not { } loaded)
        {
            KeptOld(problem.Problem, problem.Remedy);
            return;
        }

        _fingerprint = fingerprint;
        // A replaced certificate is left to the garbage collector: a handshake may still present it.
        Volatile.Write(ref _loaded, loaded);
        TookUp(_options.CertificateFile!, loaded.Context.TargetCertificate.NotAfter.ToUniversalTime());
    }

    Loaded? Load(out FileProblem problem)
    {
        problem = default;
        var presented = ConfiguredFiles.Presented(_options.CertificateFile!, _options.KeyFile!, out var fault);
        var authorities = fault is null ? ConfiguredFiles.Certificates(_options.ClusterAuthoritiesFile!, out fault) : [];
        fault ??= OutOfDate(presented!.TargetCertificate);
        if (fault is null) return new Loaded(presented!, authorities);
        problem = fault.Value;
        presented?.TargetCertificate.Dispose();
        return null;
    }

    FileProblem? OutOfDate(X509Certificate2 certificate)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (certificate.NotAfter.ToUniversalTime() <= now) return new($"{_options.CertificateFile} has expired", "renew it");
        if (certificate.NotBefore.ToUniversalTime() <= now) return null;
        return new($"{_options.CertificateFile} is not valid yet", "correct the clock, or the file");
    }

    string Fingerprint() => string.Join(
        ' ', ConfiguredFiles.Fingerprint(_options.CertificateFile!), ConfiguredFiles.Fingerprint(_options.KeyFile!),
        ConfiguredFiles.Fingerprint(_options.ClusterAuthoritiesFile!));

    [LoggerMessage(350, LogLevel.Information, "Took up the changed certificate {File}, valid until {Until:u}")]
    partial void TookUp(string file, DateTime until);

    [LoggerMessage(351, LogLevel.Warning, "The changed certificate files are not taken up: {Problem}; {Remedy}")]
    partial void KeptOld(string problem, string remedy);

    sealed record Loaded(SslStreamCertificateContext Context, X509Certificate2Collection Authorities);
}

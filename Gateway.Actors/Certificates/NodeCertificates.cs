using Gateway.Actors.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Actors.Certificates;

/// <summary>Where a node's certificate comes from: the files that operators named, or else an authority of its own.</summary>
public static class NodeCertificates
{
    /// <summary>Throws <see cref="InvalidDataException"/> naming file, fault and remedy.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="dataDirectory">Where the internal authority lives; exists.</param>
    /// <param name="time">The clock that certificates are judged and renewed by.</param>
    /// <param name="log">Told when changed files are taken up, or cannot be; null: nobody.</param>
    public static INodeCertificates Open(CertificateOptions options, string dataDirectory, TimeProvider time, ILogger? log = null) =>
        options.CertificateFile is null
            ? new InternalCertificates(InternalAuthority.Open(dataDirectory, time), options.Names, time)
            : new FileCertificates(options, time, log ?? NullLogger.Instance);
}

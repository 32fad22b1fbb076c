using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Tls;

/// <summary>
/// Step 2: the client's leg is TLS within the profile's rules, and its certificate, if it sent one, is valid and chains to the profile's
/// authorities. It can be had from a finished <see cref="ServerHandshake"/> alone, and nobody but that class has one of those. Owns the
/// connection.
/// </summary>
public sealed class SecuredConnection : IDisposable
{
    readonly X509Certificate2? _shown;

    internal SecuredConnection(ServerHandshake finished)
    {
        (Stream, _shown) = finished.Finished;
        (Profile, Client) = (finished.Profile, finished.Facts);
    }

    /// <summary>Plain bytes in and out; encrypted on the wire.</summary>
    public Stream Stream { get; }

    public ConnectionProfile Profile { get; }

    public ClientFacts Client { get; }

    /// <summary>
    /// The client's, already verified, to be read and disposed of; null when none was sent. What was read of a certificate stays with the object, more
    /// than a kilobyte: what a session keeps is never read itself.
    /// </summary>
    public X509Certificate2? ClientCertificate() => _shown is null ? null : new X509Certificate2(_shown);

    public void Dispose()
    {
        Stream.Dispose();
        _shown?.Dispose();
    }
}

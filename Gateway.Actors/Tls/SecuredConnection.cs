using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Tls;

/// <summary>
/// Step 2: the client's leg is TLS within the profile's rules, and its certificate, if it sent one, is valid and chains to the profile's
/// authorities. Only <see cref="ServerHandshake"/> makes one (its constructor is private; the maker is nested knowledge of this assembly's step).
/// </summary>
public sealed class SecuredConnection
{
    SecuredConnection(Stream stream, ConnectionProfile profile, ClientFacts client, X509Certificate2? certificate) =>
        (Stream, Profile, Client, ClientCertificate) = (stream, profile, client, certificate);

    /// <summary>Plain bytes in and out; encrypted on the wire.</summary>
    public Stream Stream { get; }

    public ConnectionProfile Profile { get; }

    public ClientFacts Client { get; }

    /// <summary>Already verified; null when none was sent.</summary>
    public X509Certificate2? ClientCertificate { get; }

    internal static SecuredConnection After(Stream handshaken, AcceptedClient accepted, X509Certificate2? verified) =>
        new(handshaken, accepted.Profile, accepted.Facts, verified);

    /// <summary>What the handshake knows of its client.</summary>
    internal sealed record AcceptedClient(ConnectionProfile Profile, ClientFacts Facts);
}

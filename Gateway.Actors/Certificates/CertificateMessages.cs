namespace Gateway.Actors.Certificates;

/// <summary>
/// Asks a node how it holds a version of a certificate; where the version is active, the node proves by a handshake with its own listeners that it is
/// what they present. Answered with <see cref="CertificateShown"/>.
/// </summary>
public sealed record ShowCertificate(string Name, uint Version) : IClusterMessage;

/// <summary>
/// How a node holds a version, see <see cref="NodeSight"/>. <paramref name="Problem"/> is empty when there is none.
/// </summary>
public sealed record CertificateShown(string NodeKey, string Name, uint Version, bool Holds, bool Proves, string Problem) : IClusterMessage;

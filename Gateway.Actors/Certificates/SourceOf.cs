using Gateway.Actors.Connections;

namespace Gateway.Actors.Certificates;

/// <summary>Who issues the certificates of an origin on this node.</summary>
public sealed record SourceOf(CertificateOrigin Origin, ICertificateSource Source);

using System.Net.Security;

namespace Gateway.Actors.Certificates;

/// <summary>Certificates that prove to a certificate authority, and to nobody else, that a name is served here. Safe for use from several threads.</summary>
public interface IChallengeCertificates
{
    /// <summary>What is presented to whoever asks for that name in order to validate it; null when nothing is to be validated.</summary>
    /// <param name="serverName">As it was asked for by SNI; null when no name was.</param>
    SslStreamCertificateContext? Find(string? serverName);
}

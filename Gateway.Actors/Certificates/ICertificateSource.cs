using System.Security.Cryptography;
using Gateway.Actors.Connections;

namespace Gateway.Actors.Certificates;

/// <summary>
/// Makes a certificate when the coordinator asks for one: the internal authority, or an ACME server. It keeps nothing between two orders that
/// a node could not do without: an order that was interrupted is given again, maybe to another node, and starts over.
/// </summary>
public interface ICertificateSource
{
    /// <summary>
    /// Issues what is ordered, with a new key. Throws <see cref="CertificateSourceException"/> for whatever the world outside can do;
    /// the coordinator records it and tries again later. The caller bounds the time by <paramref name="cancel"/>.
    /// </summary>
    Task<IssuedChain> IssueAsync(CertificateOrder order, CancellationToken cancel);

    /// <summary>
    /// When the issuer itself wants the certificate renewed (RFC 9773), earlier than its age would have it; null when it does not say, or the
    /// source has nobody to ask. Throws as <see cref="IssueAsync"/> does. Asked again after <see cref="RenewalAdvice.AskAgain"/>.
    /// </summary>
    /// <param name="order">As it was given for the certificate.</param>
    /// <param name="leaf">The certificate, DER.</param>
    /// <param name="cancel">Gives up.</param>
    Task<RenewalAdvice?> AdviseAsync(CertificateOrder order, ReadOnlyMemory<byte> leaf, CancellationToken cancel);
}

/// <summary>A certificate to be issued.</summary>
public sealed record CertificateOrder
{
    /// <summary>What operators call the certificate; unique in the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The number the certificate will have among those of its name, from 1 on.</summary>
    public required uint Version { get; init; }

    /// <summary>DNS names and addresses, at least one; the first is the common name where there is one.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required CertificateUse Use { get; init; }

    /// <summary>How long it is to last; what an ACME server decides is its own matter.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>The configured issuer that is meant, for sources of which there are several; null elsewhere.</summary>
    public string? Issuer { get; init; }

    /// <summary>Nodes prove themselves to each other with it: it has to be good for servers and clients.</summary>
    public bool ForNodes { get; init; }

    /// <summary>The certificate that this one takes the place of, DER; null for the first.</summary>
    public ReadOnlyMemory<byte>? Replaces { get; init; }
}

/// <summary>A certificate with its key, as a source made it. Disposing of it wipes the key.</summary>
public sealed class IssuedChain(IReadOnlyList<ReadOnlyMemory<byte>> certificates, byte[] privateKey) : IDisposable
{
    /// <summary>DER, the certificate itself first, then each one's issuer; the root may be left out.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates => certificates;

    /// <summary>PKCS #8, DER, unencrypted.</summary>
    public ReadOnlySpan<byte> PrivateKey => privateKey;

    public void Dispose() => CryptographicOperations.ZeroMemory(privateKey);
}

/// <summary>When an issuer wants a certificate renewed, and when to ask it again.</summary>
public readonly record struct RenewalAdvice(DateTimeOffset RenewAt, DateTimeOffset AskAgain);

/// <summary>
/// No certificate could be had. The message is one sentence for operators, without a secret, whatever the issuer said cut and made printable.
/// </summary>
public sealed class CertificateSourceException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The earliest time the issuer wants to be asked again; null when it did not say.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

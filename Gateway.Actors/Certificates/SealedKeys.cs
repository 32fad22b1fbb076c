using System.Globalization;
using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>
/// How private keys lie in the registry: sealed with the cluster's key, each for the one place it belongs to, so that none can be put in the place of
/// another.
/// </summary>
static class SealedKeys
{
    const string Certificate = "gateway.certificate.1";

    const string Authority = "gateway.authority.1";

    const string Account = "gateway.acme-account.1";

    public static byte[] SealFor(this ClusterKey key, string name, uint version, ReadOnlySpan<byte> pkcs8) =>
        key.SealBytes(Certificate, Place(name, version), pkcs8);

    /// <summary>PKCS #8, which the caller clears; null when this cluster's key does not open it.</summary>
    public static byte[]? OpenFor(this ClusterKey key, string name, uint version, ReadOnlyMemory<byte> sealedKey) =>
        key.OpenBytes(Certificate, Place(name, version), sealedKey.Span);

    public static byte[] SealAuthority(this ClusterKey key, uint generation, ReadOnlySpan<byte> pkcs8) =>
        key.SealBytes(Authority, generation.ToString(CultureInfo.InvariantCulture), pkcs8);

    /// <summary>As <see cref="OpenFor"/>.</summary>
    public static byte[]? OpenAuthority(this ClusterKey key, uint generation, ReadOnlyMemory<byte> sealedKey) =>
        key.OpenBytes(Authority, generation.ToString(CultureInfo.InvariantCulture), sealedKey.Span);

    public static byte[] SealAccount(this ClusterKey key, string issuer, ReadOnlySpan<byte> pem) => key.SealBytes(Account, issuer, pem);

    /// <summary>As <see cref="OpenFor"/>.</summary>
    public static byte[]? OpenAccount(this ClusterKey key, string issuer, ReadOnlyMemory<byte> sealedKey) => key.OpenBytes(Account, issuer, sealedKey.Span);

    // A name holds no slash.
    static string Place(string name, uint version) => string.Create(CultureInfo.InvariantCulture, $"{name}/{version}");
}

using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Certificates;

/// <summary>
/// The cluster's own authority: an intermediate whose key lies sealed in the registry, and is opened for each signature on whichever node
/// coordinates. Its root's key signed that one intermediate and is kept nowhere in the cluster. Safe for use from several threads.
/// </summary>
/// <param name="registry">Holds the authorities.</param>
/// <param name="key">Opens their keys.</param>
/// <param name="extensions">What else every leaf is to say, such as where revocation can be asked for, by the authority's generation.</param>
/// <param name="time">The clock certificates are dated by.</param>
/// <param name="token">Where keys of authorities may live instead; null: nowhere.</param>
public sealed class InternalSource(IRegistry registry, ClusterKey key, Func<uint, IEnumerable<X509Extension>> extensions, TimeProvider time, AuthorityToken? token = null)
    : ICertificateSource
{
    public Task<IssuedChain> IssueAsync(CertificateOrder order, CancellationToken cancel)
    {
        using var authority = Signing();
        var now = time.GetUtcNow();
        if (authority.Certificate.NotAfter.ToUniversalTime() <= now.UtcDateTime)
            throw new CertificateSourceException("the cluster's authority has expired; begin another with: gateway certs authority rollover");
        using var leaf = CertificateMaker.Leaf(order.Names, order.Use, order.Lifetime, authority, extensions(authority.Generation), now, order.ForNodes);
        using var own = leaf.GetECDsaPrivateKey()!;
        return Task.FromResult(new IssuedChain([leaf.RawData, authority.Certificate.RawData], own.ExportPkcs8PrivateKey()));
    }

    public Task<RenewalAdvice?> AdviseAsync(CertificateOrder order, ReadOnlyMemory<byte> leaf, CancellationToken cancel) => Task.FromResult<RenewalAdvice?>(null);

    /// <summary>The acts that give the cluster its next authority. With <paramref name="signs"/> it signs from the beginning, as the first one does.</summary>
    /// <remarks>With <paramref name="token"/> its key is made there. Throws <see cref="CertificateSourceException"/> when the token does not.</remarks>
    public static IReadOnlyList<RegistryEvent> Begin(uint generation, bool signs, ClusterKey key, Act act, DateTimeOffset now, AuthorityToken? token = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"Gateway authority {generation}");
        using var root = CertificateMaker.Root($"{name} root", now);
        if (token is not null)
        {
            var label = token.LabelOf(generation);
            using var own = token.Make(label);
            using var certificate = CertificateMaker.Intermediate(name, own, root, now);
            return Begin(generation, signs, key, [certificate.RawData, root.RawData], SigningAuthority.Reference(label), act);
        }

        using var intermediate = CertificateMaker.Intermediate(name, root, now);
        return Begin(generation, signs, key, [intermediate.RawData, root.RawData], intermediate, act);
    }

    /// <summary>The same with an intermediate that was made elsewhere; <paramref name="intermediate"/> has its key.</summary>
    public static IReadOnlyList<RegistryEvent> Begin(
        uint generation, bool signs, ClusterKey key, IReadOnlyList<ReadOnlyMemory<byte>> chain, X509Certificate2 intermediate, Act act)
    {
        using var own = intermediate.GetECDsaPrivateKey() ?? throw new CryptographicException("The authority's key is not ECDSA.");
        var pkcs8 = own.ExportPkcs8PrivateKey();
        try
        {
            return Begin(generation, signs, key, chain, pkcs8, act);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    static RegistryEvent[] Begin(uint generation, bool signs, ClusterKey key, IReadOnlyList<ReadOnlyMemory<byte>> chain, byte[] secret, Act act) =>
    [
        new AuthorityMade { Act = act, Generation = generation, Chain = chain, SealedKey = key.SealAuthority(generation, secret) },
        new AuthorityStaged { Act = act, Generation = generation, Stage = signs ? AuthorityStage.Signing : AuthorityStage.Prepared },
    ];

    /// <summary>The intermediate that signs, with its key, for whatever an authority signs beside certificates. Throws <see cref="CertificateSourceException"/>.</summary>
    internal SigningAuthority Signing() => SigningAuthority.Open(
        registry.Current.Certificates.Signing ?? throw new CertificateSourceException("the cluster has no authority yet"), key, token);
}

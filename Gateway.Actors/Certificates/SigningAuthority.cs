using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Registry;

namespace Gateway.Actors.Certificates;

/// <summary>An authority of the cluster's own, opened for signatures.</summary>
sealed class SigningAuthority : IDisposable
{
    SigningAuthority(uint generation, X509Certificate2 certificate, ECDsa key) => (Generation, Certificate, Key) = (generation, certificate, key);

    public uint Generation { get; }

    /// <summary>The intermediate, without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its key, which may live where it can only be asked to sign.</summary>
    public ECDsa Key { get; }

    /// <summary>Throws <see cref="CertificateSourceException"/> when the key cannot be had on this node.</summary>
    public static SigningAuthority Open(ManagedAuthority authority, ClusterKey key, AuthorityToken? token)
    {
        var pkcs8 = key.OpenAuthority(authority.Generation, authority.SealedKey)
            ?? throw new CertificateSourceException($"the key of authority {authority.Generation} was not sealed with this node's cluster key; give all nodes one key");
        if (InToken(pkcs8) is { } label) return InToken(authority, label, token);
        var own = ECDsa.Create();
        try
        {
            own.ImportPkcs8PrivateKey(pkcs8, out _);
            return new SigningAuthority(authority.Generation, X509CertificateLoader.LoadCertificate(authority.Chain[0].Span), own);
        }
        catch (CryptographicException e)
        {
            own.Dispose();
            throw new CertificateSourceException($"authority {authority.Generation} cannot be used: {e.Message}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    /// <summary>What is sealed for an authority whose key is in a token: where.</summary>
    public static byte[] Reference(string label) => Encoding.ASCII.GetBytes($"{AuthorityToken.Scheme}{label}");

    static SigningAuthority InToken(ManagedAuthority authority, string label, AuthorityToken? token)
    {
        if (token is null)
            throw new CertificateSourceException($"the key of authority {authority.Generation} lives in a token; set Certificates:Token on this node too");
        return new(authority.Generation, X509CertificateLoader.LoadCertificate(authority.Chain[0].Span), token.Open(label));
    }

    // A key in DER begins with a sequence, never with a letter.
    static string? InToken(byte[] opened) => opened.AsSpan().StartsWith(Encoding.ASCII.GetBytes(AuthorityToken.Scheme))
        ? Encoding.ASCII.GetString(opened)[AuthorityToken.Scheme.Length..]
        : null;

    public void Dispose()
    {
        Key.Dispose();
        Certificate.Dispose();
    }
}

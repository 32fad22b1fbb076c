using System.Security.Cryptography;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// ECDSA for XML signatures (RFC 6931 section 2.3.6: r and s, one after the other), which the library verifies only once it is told how.
/// Public because the library makes its parts by name.
/// </summary>
public static class EcdsaSignatures
{
    const string Namespace = "http://www.w3.org/2001/04/xmldsig-more#";

    static readonly Lazy<bool> s_known = new(Register);

    /// <summary>To be called before a signature is read. The registration is the process's, and harmless: it only adds names.</summary>
    public static void Know() => _ = s_known.Value;

    static bool Register()
    {
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha256), Namespace + "ecdsa-sha256");
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha384), Namespace + "ecdsa-sha384");
        CryptoConfig.AddAlgorithm(typeof(EcdsaSha512), Namespace + "ecdsa-sha512");
        return true;
    }

    /// <summary>Made by name, through its constructor without parameters.</summary>
    public abstract class Description : SignatureDescription
    {
        protected Description() => KeyAlgorithm = typeof(ECDsa).AssemblyQualifiedName;

        public override AsymmetricSignatureDeformatter CreateDeformatter(AsymmetricAlgorithm key)
        {
            var deformatter = new Deformatter();
            deformatter.SetKey(key);
            return deformatter;
        }
    }

    public sealed class EcdsaSha256 : Description
    {
        public override HashAlgorithm CreateDigest() => SHA256.Create();
    }

    public sealed class EcdsaSha384 : Description
    {
        public override HashAlgorithm CreateDigest() => SHA384.Create();
    }

    public sealed class EcdsaSha512 : Description
    {
        public override HashAlgorithm CreateDigest() => SHA512.Create();
    }

    sealed class Deformatter : AsymmetricSignatureDeformatter
    {
        ECDsa? _key;

        public override void SetKey(AsymmetricAlgorithm key) => _key = (ECDsa)key;

        // The description has chosen the digest.
        public override void SetHashAlgorithm(string strName)
        {
        }

        public override bool VerifySignature(byte[] rgbHash, byte[] rgbSignature) =>
            _key!.VerifyHash(rgbHash, rgbSignature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }
}

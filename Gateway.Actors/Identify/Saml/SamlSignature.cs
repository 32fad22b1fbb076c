using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// Verifies an enveloped signature of one element (SAML 2.0 core section 5.4): it stands where the schema puts it, points to its own parent
/// and to nothing else, is made of the few algorithms and transforms that are accepted, and is verified with pinned keys alone. Everything
/// is checked by form before the library computes anything. Pure.
/// </summary>
static class SamlSignature
{
    /// <summary>Null when <paramref name="signature"/> covers <paramref name="signed"/>.</summary>
    public static Refused? Verify(XmlElement signed, XmlElement signature, IReadOnlyList<X509Certificate2> pinned)
    {
        if (Form(signed, signature) is { } fault) return fault;
        // Never read: which key counts is configured. It is no part of what is signed here, since the whole signature is left out of it.
        foreach (var told in signature.Elements(SamlNames.Signature, "KeyInfo")) signature.RemoveChild(told);
        EcdsaSignatures.Know();
        try
        {
            var verifier = new OwnParentOnly(signed);
            verifier.LoadXml(signature);
            return pinned.Any(certificate => IsBy(certificate, verifier))
                ? null
                : new Refused(Refusal.AssertionSignatureInvalid, "the signature is not by a certificate of the provider, or not of this content");
        }
        catch (Exception e) when (e is CryptographicException or FormatException or XmlException)
        {
            return Invalid("the signature cannot be read");
        }
    }

    static bool IsBy(X509Certificate2 certificate, SignedXml verifier)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null) return rsa.KeySize is >= 2048 and <= 16384 && verifier.CheckSignature(rsa);
        using var elliptic = certificate.GetECDsaPublicKey();
        return elliptic is not null && verifier.CheckSignature(elliptic);
    }

    static Refused? Form(XmlElement signed, XmlElement signature)
    {
        if (!StandsAfterIssuer(signed, signature)) return Invalid("the signature does not stand where the schema puts it");
        var parts = signature.Elements();
        if (parts is not [var info, var value, ..] || !info.Is(SamlNames.Signature, "SignedInfo") || !value.Is(SamlNames.Signature, "SignatureValue")
            || parts.Count > 3 || (parts.Count == 3 && !parts[2].Is(SamlNames.Signature, "KeyInfo")))
            return Invalid("the signature holds other parts than it may");
        if (info.Elements() is not [var canonical, var method, var reference]
            || !canonical.Is(SamlNames.Signature, "CanonicalizationMethod") || !method.Is(SamlNames.Signature, "SignatureMethod")
            || !reference.Is(SamlNames.Signature, "Reference"))
            return Invalid("the signature does not point to exactly one element");
        if (!IsCanonical(canonical)) return Algorithm("is canonicalized otherwise than by exclusive canonicalization without comments");
        if (method.Elements().Count > 0 || !SamlNames.SignatureMethods.Contains(method.Attribute("Algorithm") ?? ""))
            return Algorithm("is signed with another method than RSA or ECDSA with SHA-256, SHA-384 or SHA-512");
        return Reference(signed, reference);
    }

    static Refused? Reference(XmlElement signed, XmlElement reference)
    {
        if (signed.Attribute("ID") is not { Length: > 0 and <= SamlLimits.Id } id || !IsName(id)) return Invalid("the signed element has no usable ID");
        if (reference.Attribute("URI") != $"#{id}") return Invalid("the signature points to another element than the one it stands in");
        if (reference.Elements() is not [var transforms, var digest, var value]
            || !transforms.Is(SamlNames.Signature, "Transforms") || !digest.Is(SamlNames.Signature, "DigestMethod") || !value.Is(SamlNames.Signature, "DigestValue"))
            return Invalid("the signature's reference has other parts than it may");
        if (transforms.Elements() is not [var first, var second] || !first.Is(SamlNames.Signature, "Transform") || !second.Is(SamlNames.Signature, "Transform")
            || first.Attribute("Algorithm") != SamlNames.Enveloped || first.Elements().Count > 0 || !IsCanonical(second))
            return Algorithm("has other transforms than enveloped signature and exclusive canonicalization");
        return digest.Elements().Count == 0 && SamlNames.DigestMethods.Contains(digest.Attribute("Algorithm") ?? "")
            ? null
            : Algorithm("is digested with another method than SHA-256, SHA-384 or SHA-512");
    }

    // InclusiveNamespaces (exclusive canonicalization section 3) only adds namespaces to what is signed.
    static bool IsCanonical(XmlElement method) => method.Attribute("Algorithm") == SamlNames.Canonical
        && (method.Elements() is [] || (method.Elements() is [var inclusive] && inclusive.Is(SamlNames.Canonical, "InclusiveNamespaces") && inclusive.Elements().Count == 0));

    // Core sections 2.3.3 and 3.2.2: directly after the Issuer, which a Response may lack.
    static bool StandsAfterIssuer(XmlElement signed, XmlElement signature) => signed.Elements() switch
    {
        [var issuer, var second, ..] when issuer.Is(SamlNames.Assertion, "Issuer") => second == signature,
        [var first, ..] => first == signature,
        _ => false,
    };

    static bool IsName(string id)
    {
        try
        {
            XmlConvert.VerifyNCName(id);
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    static Refused Invalid(string problem) => new(Refusal.AssertionSignatureInvalid, problem);

    static Refused Algorithm(string problem) => new(Refusal.AssertionAlgorithmRefused, $"the response {problem}");

    /// <summary>Finds no element but the one that the signature stands in, whatever else the document holds, and resolves nothing.</summary>
    sealed class OwnParentOnly : SignedXml
    {
        readonly XmlElement _parent;

        public OwnParentOnly(XmlElement parent) : base(parent.OwnerDocument)
        {
            _parent = parent;
            Resolver = null!;
        }

        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) => _parent.Attribute("ID") == idValue ? _parent : null;
    }
}

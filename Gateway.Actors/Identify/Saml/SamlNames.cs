namespace Gateway.Actors.Identify.Saml;

/// <summary>The names of SAML 2.0 and of XML signatures that are read. What is not here is not understood, and refused where it matters.</summary>
static class SamlNames
{
    /// <summary>SAML 2.0 core section 1.1.</summary>
    public const string Protocol = "urn:oasis:names:tc:SAML:2.0:protocol";
    public const string Assertion = "urn:oasis:names:tc:SAML:2.0:assertion";
    public const string Metadata = "urn:oasis:names:tc:SAML:2.0:metadata";

    public const string Success = "urn:oasis:names:tc:SAML:2.0:status:Success";
    public const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
    public const string Entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
    public const string Transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    public const string PostBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

    /// <summary>XML Signature Syntax and Processing.</summary>
    public const string Signature = "http://www.w3.org/2000/09/xmldsig#";

    public const string Enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

    /// <summary>Exclusive XML Canonicalization, without comments; its other form keeps them.</summary>
    public const string Canonical = "http://www.w3.org/2001/10/xml-exc-c14n#";

    /// <summary>RFC 6931 sections 2.3.2, 2.3.6; the same digests as for tokens, and never SHA-1.</summary>
    public static readonly IReadOnlySet<string> SignatureMethods = new HashSet<string>(StringComparer.Ordinal)
    {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    };

    public static readonly IReadOnlySet<string> DigestMethods = new HashSet<string>(StringComparer.Ordinal)
    {
        "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512",
    };
}

namespace Gateway.Actors.Tls.Revocation;

/// <summary>The signatures that count on what authorities say: RSA and ECDSA with SHA-256 or longer (RFC 4055 section 5, RFC 5758 section 3.2).</summary>
static class SignatureAlgorithms
{
    static readonly HashSet<string> s_accepted = new(StringComparer.Ordinal)
    {
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    };

    public static bool Accepts(string oid) => s_accepted.Contains(oid);
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Protocols;

namespace Gateway.Actors.Identify;

/// <summary>
/// Who a verified client certificate speaks for. Pure.
/// <list type="bullet">
/// <item>Name: the first subject alternative name, taken as URI (such as <c>spiffe://cluster/ns/app</c>), else DNS name (in lower case, for
/// DNS knows no other), else e-mail address; only a certificate without any of these is named by its common name, as older authorities
/// issue them (RFC 6125 section 6.4.4 sets that order).</item>
/// <item>Groups: every organizational unit. Issuer: the issuing authority's distinguished name. Expires: the certificate's end.</item>
/// </list>
/// A certificate with a name that is ambiguous or unusable is refused, even if another of its names would do. A connection may have rules of its own
/// (<see cref="SubjectRule"/>); then only they count.
/// </summary>
public sealed record CertificateIdentity(string Name, string Issuer, IReadOnlyList<string> Groups, DateTimeOffset Expires)
{
    const string CommonName = "2.5.4.3";
    const string OrganizationalUnit = "2.5.4.11";

    public static Verdict<CertificateIdentity> Read(X509Certificate2 certificate) => Read(certificate, []);

    public static Verdict<CertificateIdentity> Read(X509Certificate2 certificate, IReadOnlyList<SubjectRule> rules)
    {
        try
        {
            var names = AlternativeNames.Of(certificate);
            if (names.Uris.Count > 1 && names.Uris.Any(u => u.StartsWith("spiffe://", StringComparison.OrdinalIgnoreCase)))
                return Refuse("has a SPIFFE id beside another URI");
            var commonNames = Texts(certificate, CommonName);
            var found = rules.Count == 0 ? ByOrder(names, commonNames) : ByRule(certificate.Issuer, names, commonNames, rules);
            if (found.Problem is { } problem) return Refuse(problem);
            var name = found.Name;
            var groups = found.Groups ?? Texts(certificate, OrganizationalUnit);
            if (!SubjectNames.IsUsable(name)) return Refuse("has a name that is too long or holds invisible characters");
            if (groups.Count > IdentityLimits.Groups || !groups.All(SubjectNames.IsUsable))
                return Refuse("has organizational units that cannot be used");
            return new CertificateIdentity(name!, certificate.Issuer, groups, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        }
        catch (CryptographicException)
        {
            return Refuse("has names that cannot be decoded");
        }
    }

    static Found ByOrder(AlternativeNames names, List<string> commonNames)
    {
        if ((names.First ?? commonNames.FirstOrDefault()) is not { } name) return new(null, null, "names nobody");
        return names.First is null && commonNames.Count > 1 ? new(null, null, "has several common names") : new(name, null, null);
    }

    static Found ByRule(string issuer, AlternativeNames names, List<string> commonNames, IReadOnlyList<SubjectRule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Issuer is null || rule.Issuer == issuer))
        {
            var (candidates, separator) = rule.Take switch
            {
                CertificateName.Uri => (names.Uris, (char?)'/'),
                CertificateName.Dns => ([.. names.DnsNames.Select(name => name.ToLowerInvariant())], '.'),
                CertificateName.Email => (names.Emails, '@'),
                _ => ((IReadOnlyList<string>)commonNames, null),
            };
            var matching = candidates.Where(name => rule.Matching is not { } pattern || NamePattern.Matches(name, pattern, separator, Comparison(rule.Take)))
                .Distinct(StringComparer.Ordinal).ToArray();
            if (matching.Length > 1) return new(null, null, "has several names that a rule of the connection matches");
            if (matching is [var name]) return new(name, rule.Groups, null);
        }

        return new(null, null, "has no name that a rule of the connection matches");
    }

    static StringComparison Comparison(CertificateName take) =>
        take == CertificateName.Dns ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    // A part of several attributes has no one value and is left out: it names less, never more.
    static List<string> Texts(X509Certificate2 certificate, string attribute) =>
    [
        .. certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false)
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == attribute)
            .Select(part => part.GetSingleElementValue() ?? ""),
    ];

    sealed record Found(string? Name, IReadOnlyList<string>? Groups, string? Problem);

    static Refused Refuse(string problem) => new(Refusal.ClientCertificateMisused, $"the client certificate {problem}");
}

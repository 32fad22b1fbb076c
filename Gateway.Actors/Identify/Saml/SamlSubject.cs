using System.Xml;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>Whom an assertion names, once it is verified. Pure. Refuses rather than leaves out what it cannot read.</summary>
static class SamlSubject
{
    public static Verdict<SamlAssertion> Read(XmlElement assertion, SamlExpectations expected)
    {
        var name = expected.NameAttribute is { } attribute ? Values(assertion, attribute) switch { [var only] => only, _ => null } : NameId(assertion);
        if (!SubjectNames.IsUsable(name))
            return new Refused(Refusal.AssertionSubjectMissing, $"{(expected.NameAttribute is { } a ? $"attribute {a}" : "the name id")} holds no usable name");
        var groups = Values(assertion, expected.GroupsAttribute);
        if (groups.Count > IdentityLimits.Groups || !groups.All(SubjectNames.IsUsable))
            return new Refused(Refusal.AssertionMalformed, $"attribute {expected.GroupsAttribute} is no list of up to {IdentityLimits.Groups} names");
        var sessions = assertion.Elements(SamlNames.Assertion, "AuthnStatement").Select(s => XmlParts.Time(s.Attribute("SessionNotOnOrAfter"))).OfType<DateTimeOffset>().ToArray();
        return new SamlAssertion(
            assertion.Attribute("ID")!, name!, [.. groups.OfType<string>().Distinct(StringComparer.Ordinal)],
            SamlConditions.Until(assertion, expected.ClockSkew), sessions.Length == 0 ? null : sessions.Min());
    }

    /// <summary>Core section 2.2.5: an entity's name is its URI, without another format or a qualifier.</summary>
    public static bool IsEntity(XmlElement issuer, string expected) =>
        issuer.Attribute("Format") is null or SamlNames.Entity && issuer.Text()?.Trim() == expected;

    // A transient one is made up for each login: it names nobody (core section 8.3.8).
    static string? NameId(XmlElement assertion) =>
        assertion.Single(SamlNames.Assertion, "Subject")?.Single(SamlNames.Assertion, "NameID") is { } name && name.Attribute("Format") != SamlNames.Transient
            ? name.Text()?.Trim()
            : null;

    /// <summary>The values of an attribute, wherever it is told; null for one that is no text.</summary>
    static List<string?> Values(XmlElement assertion, string name) =>
    [
        .. assertion.Elements(SamlNames.Assertion, "AttributeStatement")
            .SelectMany(statement => statement.Elements(SamlNames.Assertion, "Attribute"))
            .Where(attribute => attribute.Attribute("Name") == name)
            .SelectMany(attribute => attribute.Elements(SamlNames.Assertion, "AttributeValue"))
            .Select(value => value.Text()?.Trim()),
    ];
}

using System.Xml;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>When, for whom and for which request an assertion counts (SAML 2.0 core section 2.5, profiles section 4.1.4.2). Pure.</summary>
static class SamlConditions
{
    /// <summary>Null when the assertion counts here and now. It is verified already.</summary>
    public static Refused? Judge(XmlElement assertion, SamlExpectations expected, DateTimeOffset now)
    {
        if (assertion.Attribute("Version") != "2.0") return Malformed("the assertion is not of version 2.0");
        // Where the response is signed, no signature points to the assertion's own id; but what may be used once needs one.
        if (assertion.Attribute("ID") is not { Length: > 0 and <= SamlLimits.Id }) return Malformed("the assertion has no usable ID");
        if (assertion.Single(SamlNames.Assertion, "Issuer") is not { } issuer || !SamlSubject.IsEntity(issuer, expected.Issuer))
            return new(Refusal.AssertionIssuerUnknown, "the assertion is by another issuer than the provider's EntityId");
        if (XmlParts.Time(assertion.Attribute("IssueInstant")) is not { } issued) return Malformed("the assertion's IssueInstant is no time in UTC");
        if (issued > now + expected.ClockSkew) return new(Refusal.AssertionNotYetValid, $"the assertion was issued at {issued:u}, which lies ahead");
        return Conditions(assertion, expected, now) ?? Confirmation(assertion, expected, now) ?? Statement(assertion, now);
    }

    /// <summary>When the assertion can be used no longer.</summary>
    public static DateTimeOffset Until(XmlElement assertion, TimeSpan skew) =>
        XmlParts.Time(assertion.Single(SamlNames.Assertion, "Conditions")!.Attribute("NotOnOrAfter"))!.Value + skew;

    static Refused? Conditions(XmlElement assertion, SamlExpectations expected, DateTimeOffset now)
    {
        if (assertion.Single(SamlNames.Assertion, "Conditions") is not { } conditions) return Malformed("the assertion has no conditions");
        if (XmlParts.Time(conditions.Attribute("NotOnOrAfter")) is not { } end) return Malformed("the conditions have no end in UTC: it would never expire");
        if (now - expected.ClockSkew >= end) return new(Refusal.AssertionExpired, $"the assertion expired at {end:u}");
        if (conditions.Attribute("NotBefore") is { } from)
        {
            if (XmlParts.Time(from) is not { } start) return Malformed("the conditions' NotBefore is no time in UTC");
            if (now + expected.ClockSkew < start) return new(Refusal.AssertionNotYetValid, $"the assertion is valid from {start:u} on");
        }

        // Core section 2.5.1.1: a condition that is not understood makes the assertion no good.
        var audiences = conditions.Elements(SamlNames.Assertion, "AudienceRestriction");
        if (conditions.Elements().Any(c => c.NamespaceURI != SamlNames.Assertion || c.LocalName is not ("AudienceRestriction" or "OneTimeUse" or "ProxyRestriction")))
            return Malformed("the assertion has a condition that is not understood");
        return audiences.Count > 0 && audiences.All(restriction => Allows(restriction, expected.Audience))
            ? null
            : new(Refusal.AssertionAudienceWrong, "the assertion's audience is not this gateway's entity id");
    }

    static bool Allows(XmlElement restriction, string audience) =>
        restriction.Elements(SamlNames.Assertion, "Audience").Any(element => element.Text()?.Trim() == audience);

    // Profiles section 4.1.4.2: one confirmation by bearer has to fit in everything; why the first one does not is told.
    static Refused? Confirmation(XmlElement assertion, SamlExpectations expected, DateTimeOffset now)
    {
        if (assertion.Single(SamlNames.Assertion, "Subject") is not { } subject) return Malformed("the assertion has no subject");
        var bearers = subject.Elements(SamlNames.Assertion, "SubjectConfirmation").Where(c => c.Attribute("Method") == SamlNames.Bearer).ToArray();
        if (bearers.Length == 0) return Malformed("the subject is not confirmed by bearer");
        var findings = bearers.Select(bearer => Confirms(bearer, expected, now)).ToArray();
        return findings.Any(finding => finding is null) ? null : findings[0];
    }

    static Refused? Confirms(XmlElement bearer, SamlExpectations expected, DateTimeOffset now)
    {
        if (bearer.Single(SamlNames.Assertion, "SubjectConfirmationData") is not { } data) return Malformed("the subject's confirmation has no data");
        if (data.Attribute("NotBefore") is not null) return Malformed("the subject's confirmation has a NotBefore, which the profile forbids");
        if (data.Attribute("Recipient") != expected.Recipient)
            return new(Refusal.AssertionRecipientWrong, "the confirmation's Recipient is not this gateway's assertion consumer address");
        if (data.Attribute("InResponseTo") != expected.InResponseTo)
            return new(Refusal.AssertionUnsolicited, "the confirmation's InResponseTo is not the login that was begun here");
        if (XmlParts.Time(data.Attribute("NotOnOrAfter")) is not { } end) return Malformed("the subject's confirmation has no end in UTC");
        return now - expected.ClockSkew >= end ? new(Refusal.AssertionExpired, $"the subject's confirmation expired at {end:u}") : null;
    }

    // Profiles section 4.1.4.2: there must be a statement that the person was authenticated.
    static Refused? Statement(XmlElement assertion, DateTimeOffset now)
    {
        var statements = assertion.Elements(SamlNames.Assertion, "AuthnStatement");
        if (statements.Count == 0) return Malformed("the assertion does not say that anybody was authenticated");
        foreach (var statement in statements)
        {
            if (statement.Attribute("SessionNotOnOrAfter") is not { } told) continue;
            if (XmlParts.Time(told) is not { } end) return Malformed("the statement's SessionNotOnOrAfter is no time in UTC");
            if (now >= end) return new(Refusal.AssertionExpired, $"the session at the provider ended at {end:u}");
        }

        return null;
    }

    static Refused Malformed(string problem) => new(Refusal.AssertionMalformed, problem);
}

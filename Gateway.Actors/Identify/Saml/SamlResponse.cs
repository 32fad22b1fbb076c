using System.Xml;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// Judges a SAML 2.0 response (web browser SSO profile, SAML 2.0 profiles section 4.1.4). Pure: bytes, what is expected and the time go in,
/// the assertion or a refusal comes out. The order is: bounded form, exactly one response with exactly one assertion, its signatures, and
/// only then what it says. A document in which another element could be taken for the signed one (signature wrapping) does not get past the
/// second step, whichever element a signature points to.
/// </summary>
public static class SamlResponse
{
    public static Verdict<SamlAssertion> Judge(ReadOnlyMemory<byte> bytes, SamlExpectations expected, DateTimeOffset now)
    {
        var read = SamlDocument.Read(bytes);
        if (!read.IsGranted) return new Refused(read.Refusal, read.Detail);
        if (read.Value.DocumentElement is not { } response || !response.Is(SamlNames.Protocol, "Response"))
            return new Refused(Refusal.AssertionMalformed, "the document is no SAML 2.0 response");
        if (Answer(response, expected) is { } unfit) return unfit;
        var found = TheAssertion(response);
        if (!found.IsGranted) return new Refused(found.Refusal, found.Detail);
        var assertion = found.Value;
        var refused = Signed(response, assertion, expected) ?? SamlConditions.Judge(assertion, expected, now);
        return refused is null ? SamlSubject.Read(assertion, expected) : refused;
    }

    // Core section 3.2.2. None of this is proven where the assertion alone is signed; what counts is asked of the assertion again.
    static Refused? Answer(XmlElement response, SamlExpectations expected)
    {
        if (response.Attribute("Version") != "2.0") return new(Refusal.AssertionMalformed, "the response is not of version 2.0");
        if (response.Elements(SamlNames.Assertion, "Issuer") is [var issuer, ..] && !SamlSubject.IsEntity(issuer, expected.Issuer))
            return new(Refusal.AssertionIssuerUnknown, "the response is by another issuer than the provider's EntityId");
        if (response.Attribute("Destination") != expected.Recipient)
            return new(Refusal.AssertionRecipientWrong, "the response's Destination is not this gateway's assertion consumer address");
        if (response.Single(SamlNames.Protocol, "Status")?.Single(SamlNames.Protocol, "StatusCode") is not { } status)
            return new(Refusal.AssertionMalformed, "the response has no status");
        if (status.Attribute("Value") != SamlNames.Success) return new(Refusal.AssertionDenied, $"the provider answers {Word(status)}");
        return response.Attribute("InResponseTo") == expected.InResponseTo
            ? null
            : new(Refusal.AssertionUnsolicited, "the response's InResponseTo is not the login that was begun here");
    }

    static Verdict<XmlElement> TheAssertion(XmlElement response)
    {
        var all = response.All().ToArray();
        if (all.Any(e => e.NamespaceURI == SamlNames.Assertion && e.LocalName is "EncryptedAssertion" or "EncryptedID" or "EncryptedAttribute"))
            return new Refused(Refusal.AssertionEncrypted, "the response holds encrypted parts");
        if (all.Count(e => e.Is(SamlNames.Protocol, "Response")) > 1)
            return new Refused(Refusal.AssertionSignatureInvalid, "the document holds more than one response");
        if (all.Count(e => e.LocalName == "Assertion") is var count and not 1)
            return new Refused(
                count == 0 ? Refusal.AssertionMalformed : Refusal.AssertionSignatureInvalid,
                count == 0 ? "the response holds no assertion" : "the document holds more than one assertion");
        return response.Single(SamlNames.Assertion, "Assertion") is { } assertion
            ? assertion
            : new Refused(Refusal.AssertionSignatureInvalid, "the assertion does not stand directly in the response");
    }

    // The response, its assertion, or both are signed, and nothing else; each signature that is there must hold.
    static Refused? Signed(XmlElement response, XmlElement assertion, SamlExpectations expected)
    {
        var ofResponse = response.Elements(SamlNames.Signature, "Signature");
        var ofAssertion = assertion.Elements(SamlNames.Signature, "Signature");
        var all = response.All().Count(e => e.LocalName == "Signature");
        if (all == 0) return new(Refusal.AssertionSignatureInvalid, "neither the response nor the assertion is signed");
        if (ofResponse.Count > 1 || ofAssertion.Count > 1 || all > ofResponse.Count + ofAssertion.Count)
            return new(Refusal.AssertionSignatureInvalid, "the document holds a signature that is neither the response's nor the assertion's");
        // The outer one first: verifying takes the key's description out, which the outer signature covers in the inner one.
        return ofResponse.Select(signature => SamlSignature.Verify(response, signature, expected.Certificates))
            .Concat(ofAssertion.Select(signature => SamlSignature.Verify(assertion, signature, expected.Certificates)))
            .FirstOrDefault(refused => refused is not null);
    }

    /// <summary>The innermost status code's last part, if it is one of the standard's (core section 3.2.2.2).</summary>
    static string Word(XmlElement status)
    {
        const string prefix = "urn:oasis:names:tc:SAML:2.0:status:";
        var code = status.Single(SamlNames.Protocol, "StatusCode")?.Attribute("Value") ?? status.Attribute("Value") ?? "";
        var word = code.StartsWith(prefix, StringComparison.Ordinal) ? code[prefix.Length..] : "";
        return word.Length is > 0 and <= 40 && word.All(char.IsAsciiLetter) ? word : "a status that is not of the standard";
    }
}

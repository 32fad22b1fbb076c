using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Gateway.Actors.Identify.Saml;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Identify.Saml;

/// <summary>Nothing but a sound assertion, meant for this gateway, now, and for the login that was begun, names anybody.</summary>
public sealed class BadAssertionSpec
{
    const string RsaSha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    const string Sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";

    static readonly SamlContent s_sound = new();

    static readonly Dictionary<string, Bad> s_table = new()
    {
        // Form
        ["no XML"] = Raw(_ => "alice"u8.ToArray(), Refusal.AssertionMalformed, "the response cannot be read: it is no well-formed XML without DTD"),
        ["a DTD"] = Raw(
            forge => Text("<!DOCTYPE x [<!ENTITY e \"alice\">]>" + forge.Sound().OuterXml), Refusal.AssertionMalformed,
            "the response cannot be read: it is no well-formed XML without DTD"),
        ["an external DTD"] = Raw(
            forge => Text("<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\">" + forge.Sound().OuterXml), Refusal.AssertionMalformed,
            "the response cannot be read: it is no well-formed XML without DTD"),
        ["too large"] = Raw(
            _ => Text(SamlForge.Xml(s_sound with { Statement = new string(' ', SamlLimits.Response) })), Refusal.AssertionMalformed,
            "the response cannot be read: it is larger than 131072 bytes"),
        ["too deep"] = Raw(
            _ => Text(string.Concat(Enumerable.Repeat("<a>", 10_000)) + string.Concat(Enumerable.Repeat("</a>", 10_000))), Refusal.AssertionMalformed,
            "the response cannot be read: its elements are nested more than 24 deep"),
        ["too many elements"] = Raw(
            _ => Text($"<a>{string.Concat(Enumerable.Repeat("<b/>", 10_000))}</a>"), Refusal.AssertionMalformed,
            "the response cannot be read: it has more than 8192 elements and attributes"),
        ["too many attributes"] = Raw(
            _ => Text($"<a {string.Join(' ', Enumerable.Range(0, 100).Select(i => $"b{i}=\"\""))}/>"), Refusal.AssertionMalformed,
            "the response cannot be read: an element has more than 32 attributes"),
        ["a comment within the name"] = Change(
            document => Name(document).InnerXml = "admin<!-- -->.mallory", Refusal.AssertionMalformed, "the response cannot be read: it holds a comment"),
        ["a processing instruction"] = Change(
            document => Name(document).InnerXml = "admin<?x y?>", Refusal.AssertionMalformed, "the response cannot be read: it holds a processing instruction"),
        ["CDATA"] = Change(
            document => Name(document).InnerXml = "<![CDATA[admin]]>", Refusal.AssertionMalformed, "the response cannot be read: it holds a CDATA section"),
        ["the same id twice"] = Change(
            document => SamlForge.Assertion(document).SetAttribute("ID", "_response"), Refusal.AssertionMalformed,
            "the response cannot be read: two of its elements have the same id, or one has two ids"),
        ["two ids of one element"] = Change(
            document => SamlForge.Assertion(document).SetAttribute("Id", "_other"), Refusal.AssertionMalformed,
            "the response cannot be read: two of its elements have the same id, or one has two ids"),
        ["another document"] = Raw(_ => "<Response/>"u8.ToArray(), Refusal.AssertionMalformed, "the document is no SAML 2.0 response"),
        ["SAML 1.1"] = Say(s_sound with { Version = "1.1" }, Refusal.AssertionMalformed, "the response is not of version 2.0"),
        ["no assertion"] = Change(
            document => document.DocumentElement!.RemoveChild(SamlForge.Assertion(document)), Refusal.AssertionMalformed, "the response holds no assertion"),

        // Signature
        ["unsigned"] = Raw(
            _ => Text(SamlForge.Xml(s_sound)), Refusal.AssertionSignatureInvalid, "neither the response nor the assertion is signed"),
        ["altered after signing"] = Change(
            document => Name(document).InnerText = "mallory", Refusal.AssertionSignatureInvalid,
            "the signature is not by a certificate of the provider, or not of this content"),
        ["signed by a stranger, whose certificate comes along"] = Made(
            forge => forge.Sound(signing: new SamlSigning { By = forge.Stranger }), Refusal.AssertionSignatureInvalid,
            "the signature is not by a certificate of the provider, or not of this content"),
        ["a signature of which nothing is left"] = Change(
            document => SamlForge.Signature(document).RemoveAll(), Refusal.AssertionSignatureInvalid, "the signature holds other parts than it may"),
        ["a signature value that is no base64"] = Change(
            document => Part(document, "SignatureValue").InnerText = "!", Refusal.AssertionSignatureInvalid, "the signature cannot be read"),
        ["a second reference"] = Change(
            document => Part(document, "SignedInfo").AppendChild(Part(document, "Reference").CloneNode(true)), Refusal.AssertionSignatureInvalid,
            "the signature does not point to exactly one element"),
        ["a reference to the whole document"] = Change(
            document => Part(document, "Reference").SetAttribute("URI", ""), Refusal.AssertionSignatureInvalid,
            "the signature points to another element than the one it stands in"),
        ["a reference to an address"] = Change(
            document => Part(document, "Reference").SetAttribute("URI", "http://127.0.0.1:1/"), Refusal.AssertionSignatureInvalid,
            "the signature points to another element than the one it stands in"),
        ["a signature in another place"] = Change(
            document => SamlForge.Assertion(document).AppendChild(SamlForge.Signature(document)), Refusal.AssertionSignatureInvalid,
            "the signature does not stand where the schema puts it"),
        ["a signature of something else beside it"] = Change(
            document => Part(document, "Attribute", "urn:oasis:names:tc:SAML:2.0:assertion").AppendChild(SamlForge.Signature(document).CloneNode(true)),
            Refusal.AssertionSignatureInvalid, "the document holds a signature that is neither the response's nor the assertion's"),
        ["signature wrapping 1"] = Wrapped(1, "the document holds more than one response"),
        ["signature wrapping 2"] = Wrapped(2, "the document holds more than one response"),
        ["signature wrapping 3"] = Wrapped(3, "the document holds more than one assertion"),
        ["signature wrapping 4"] = Wrapped(4, "the document holds more than one assertion"),
        ["signature wrapping 5"] = Wrapped(5, "the document holds more than one assertion"),
        ["signature wrapping 6"] = Wrapped(6, "the document holds more than one assertion"),
        ["signature wrapping 7"] = Wrapped(7, "the document holds more than one assertion"),
        ["signature wrapping 8"] = Wrapped(8, "the document holds more than one assertion"),

        // Algorithms
        ["signed with SHA-1"] = Signed(new SamlSigning { Method = RsaSha1 }, "the response is signed with another method than RSA or ECDSA with SHA-256, SHA-384 or SHA-512"),
        ["digested with SHA-1"] = Signed(new SamlSigning { Digest = Sha1 }, "the response is digested with another method than SHA-256, SHA-384 or SHA-512"),
        ["an HMAC"] = Change(
            document => Part(document, "SignatureMethod").SetAttribute("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"), Refusal.AssertionAlgorithmRefused,
            "the response is signed with another method than RSA or ECDSA with SHA-256, SHA-384 or SHA-512"),
        ["inclusive canonicalization"] = Signed(
            new SamlSigning { Canonical = SignedXml.XmlDsigC14NTransformUrl },
            "the response is canonicalized otherwise than by exclusive canonicalization without comments"),
        ["canonicalization that keeps comments"] = Signed(
            new SamlSigning { Canonical = SignedXml.XmlDsigExcC14NWithCommentsTransformUrl },
            "the response is canonicalized otherwise than by exclusive canonicalization without comments"),
        ["a transform that chooses what is signed"] = Signed(
            new SamlSigning { Transforms = [new XmlDsigEnvelopedSignatureTransform(), new XmlDsigC14NTransform()] },
            "the response has other transforms than enveloped signature and exclusive canonicalization"),
        ["an XSLT"] = Change(
            document => ((XmlElement)Part(document, "Transforms").FirstChild!).SetAttribute("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"),
            Refusal.AssertionAlgorithmRefused, "the response has other transforms than enveloped signature and exclusive canonicalization"),

        // Whose it is, and for whom
        ["a response of another issuer"] = Say(
            s_sound with { Issuer = "https://idp.example.org" }, Refusal.AssertionIssuerUnknown, "the response is by another issuer than the provider's EntityId"),
        ["an assertion of another issuer"] = Say(
            s_sound with { AssertionIssuer = "https://idp.example.org/metadata/" }, Refusal.AssertionIssuerUnknown,
            "the assertion is by another issuer than the provider's EntityId"),
        ["another audience"] = Say(
            s_sound with { Audience = "<saml:AudienceRestriction><saml:Audience>https://other.example.org</saml:Audience></saml:AudienceRestriction>" },
            Refusal.AssertionAudienceWrong, "the assertion's audience is not this gateway's entity id"),
        ["another audience as well"] = Say(
            s_sound with { Audience = s_sound.Audience + "<saml:AudienceRestriction><saml:Audience>https://other.example.org</saml:Audience></saml:AudienceRestriction>" },
            Refusal.AssertionAudienceWrong, "the assertion's audience is not this gateway's entity id"),
        ["no audience"] = Say(s_sound with { Audience = "" }, Refusal.AssertionAudienceWrong, "the assertion's audience is not this gateway's entity id"),
        ["another destination"] = Say(
            s_sound with { Destination = "https://other.example.org/acs" }, Refusal.AssertionRecipientWrong,
            "the response's Destination is not this gateway's assertion consumer address"),
        ["no destination"] = Say(
            s_sound with { Destination = null }, Refusal.AssertionRecipientWrong, "the response's Destination is not this gateway's assertion consumer address"),
        ["another recipient"] = Say(
            s_sound with { Recipient = "https://other.example.org/acs" }, Refusal.AssertionRecipientWrong,
            "the confirmation's Recipient is not this gateway's assertion consumer address"),
        ["a condition nobody knows"] = Say(
            s_sound with { Audience = s_sound.Audience + "<saml:Condition/>" }, Refusal.AssertionMalformed, "the assertion has a condition that is not understood"),

        // When
        ["expired"] = Say(s_sound with { NotOnOrAfter = "2026-01-31T08:00:30Z" }, Refusal.AssertionExpired, "the assertion expired at 2026-01-31 08:00:30Z"),
        ["without an end"] = Say(
            s_sound with { NotOnOrAfter = null }, Refusal.AssertionMalformed, "the conditions have no end in UTC: it would never expire"),
        ["an end in local time"] = Say(
            s_sound with { NotOnOrAfter = "2026-01-31T09:05:00" }, Refusal.AssertionMalformed, "the conditions have no end in UTC: it would never expire"),
        ["not yet valid"] = Say(
            s_sound with { NotBefore = "2026-01-31T08:01:31Z" }, Refusal.AssertionNotYetValid, "the assertion is valid from 2026-01-31 08:01:31Z on"),
        ["issued in the future"] = Say(
            s_sound with { Issued = "2026-01-31T08:02:00Z" }, Refusal.AssertionNotYetValid, "the assertion was issued at 2026-01-31 08:02:00Z, which lies ahead"),
        ["confirmed in the past"] = Say(
            s_sound with { ConfirmedUntil = "2026-01-31T08:00:30Z" }, Refusal.AssertionExpired, "the subject's confirmation expired at 2026-01-31 08:00:30Z"),
        ["confirmed without an end"] = Say(
            s_sound with { ConfirmedUntil = null }, Refusal.AssertionMalformed, "the subject's confirmation has no end in UTC"),
        ["a session that is over"] = Say(
            s_sound with { Statement = """<saml:AuthnStatement AuthnInstant="2026-01-31T07:00:00Z" SessionNotOnOrAfter="2026-01-31T08:01:00Z"/>""" },
            Refusal.AssertionExpired, "the session at the provider ended at 2026-01-31 08:01:00Z"),

        // Which login
        ["an answer to another request"] = Say(
            s_sound with { InResponseTo = "_other" }, Refusal.AssertionUnsolicited, "the response's InResponseTo is not the login that was begun here"),
        ["an answer to no request"] = Say(
            s_sound with { InResponseTo = null }, Refusal.AssertionUnsolicited, "the response's InResponseTo is not the login that was begun here"),
        ["an assertion for another request"] = Say(
            s_sound with { ConfirmedInResponseTo = "_other" }, Refusal.AssertionUnsolicited, "the confirmation's InResponseTo is not the login that was begun here"),
        ["an assertion for no request"] = Say(
            s_sound with { ConfirmedInResponseTo = null }, Refusal.AssertionUnsolicited, "the confirmation's InResponseTo is not the login that was begun here"),

        // Who
        ["refused by the provider"] = Say(
            s_sound with { Status = """<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode>""" },
            Refusal.AssertionDenied, "the provider answers AuthnFailed"),
        ["refused in words of its own"] = Say(
            s_sound with { Status = """<samlp:StatusCode Value="urn:example:&lt;script&gt;"/>""" }, Refusal.AssertionDenied,
            "the provider answers a status that is not of the standard"),
        ["without a status"] = Say(s_sound with { Status = "" }, Refusal.AssertionMalformed, "the response has no status"),
        ["encrypted"] = Say(
            s_sound with { Extensions = "<saml:EncryptedAssertion/>" }, Refusal.AssertionEncrypted, "the response holds encrypted parts"),
        ["an encrypted name"] = Say(s_sound with { NameId = "<saml:EncryptedID/>" }, Refusal.AssertionEncrypted, "the response holds encrypted parts"),
        ["no name"] = Say(s_sound with { NameId = "" }, Refusal.AssertionSubjectMissing, "the name id holds no usable name"),
        ["two names"] = Say(s_sound with { NameId = s_sound.NameId + "<saml:NameID>bob</saml:NameID>" }, Refusal.AssertionSubjectMissing, "the name id holds no usable name"),
        ["an invisible name"] = Say(
            s_sound with { NameId = "<saml:NameID>ali\u200bce</saml:NameID>" }, Refusal.AssertionSubjectMissing, "the name id holds no usable name"),
        ["a name made up for one login"] = Say(
            s_sound with { NameId = """<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_1</saml:NameID>""" },
            Refusal.AssertionSubjectMissing, "the name id holds no usable name"),
        ["a group that is no text"] = Say(
            s_sound with { Groups = "<saml:AttributeValue><saml:NameID>x</saml:NameID></saml:AttributeValue>" }, Refusal.AssertionMalformed,
            "attribute groups is no list of up to 512 names"),
        ["confirmed otherwise than by bearer"] = Say(
            s_sound with { Method = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key" }, Refusal.AssertionMalformed, "the subject is not confirmed by bearer"),
        ["confirmed not yet"] = Say(
            s_sound with { MoreConfirmation = " NotBefore=\"2026-01-31T08:00:00Z\"" }, Refusal.AssertionMalformed,
            "the subject's confirmation has a NotBefore, which the profile forbids"),
        ["nobody was authenticated"] = Say(
            s_sound with { Statement = "" }, Refusal.AssertionMalformed, "the assertion does not say that anybody was authenticated"),
    };

    readonly SamlForge _forge = new();

    public static TheoryData<string> Rows => [.. s_table.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_bad_assertion_is_refused_by_its_own_name(string row)
    {
        var bad = s_table[row];

        var judged = SamlResponse.Judge(bad.Make(_forge), _forge.Expected, SamlForge.Now);

        Assert.False(judged.IsGranted);
        Assert.Equal((bad.Refusal, bad.Detail), (judged.Refusal, judged.Detail));
    }

    [Fact]
    public void A_sound_assertion_names_its_subject_and_groups()
    {
        foreach (var document in new[] { _forge.Sound(), _forge.SoundWhole(), Twice() })
        {
            var judged = SamlResponse.Judge(SamlForge.Bytes(document), _forge.Expected, SamlForge.Now);

            Assert.True(judged.IsGranted, judged.Detail);
            Assert.Equal(("_assertion", "alice"), (judged.Value.Id, judged.Value.Name));
            Assert.Equal(["telemetry"], judged.Value.Groups);
            Assert.Equal(SamlForge.Now.AddMinutes(4).AddSeconds(30), judged.Value.Until);
        }
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512")]
    public void Longer_digests_are_accepted(string method, string digest)
    {
        var judged = SamlResponse.Judge(
            SamlForge.Bytes(_forge.Sound(signing: new SamlSigning { Method = method, Digest = digest })), _forge.Expected, SamlForge.Now);

        Assert.True(judged.IsGranted, judged.Detail);
    }

    [Theory]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "SHA256")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "SHA384")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", "SHA512")]
    public void Elliptic_curves_are_accepted(string method, string digest)
    {
        var sound = _forge.SoundElliptic(method, new HashAlgorithmName(digest));
        var judged = SamlResponse.Judge(SamlForge.Bytes(sound), _forge.Expected, SamlForge.Now);
        Assert.True(judged.IsGranted, judged.Detail);

        Name(sound).InnerText = "mallory";
        Assert.Equal(Refusal.AssertionSignatureInvalid, SamlResponse.Judge(SamlForge.Bytes(sound), _forge.Expected, SamlForge.Now).Refusal);
    }

    [Fact]
    public void A_name_can_come_from_an_attribute()
    {
        var expected = _forge.Expected with { NameAttribute = "groups" };

        var judged = SamlResponse.Judge(SamlForge.Bytes(_forge.Sound()), expected, SamlForge.Now);

        Assert.Equal("telemetry", judged.Value.Name);
    }

    [Fact]
    public void No_altered_byte_of_a_signed_assertion_is_accepted_with_another_meaning()
    {
        var sound = SamlForge.Bytes(_forge.Sound());
        var random = new Random(20260131);
        for (var i = 0; i < 2000; i++)
        {
            var altered = sound.ToArray();
            altered[random.Next(altered.Length)] = (byte)random.Next(256);

            var judged = SamlResponse.Judge(altered, _forge.Expected, SamlForge.Now);

            if (judged.IsGranted) Assert.Equal(("alice", "telemetry"), (judged.Value.Name, Assert.Single(judged.Value.Groups)));
        }
    }

    XmlDocument Twice()
    {
        var document = _forge.Sound();
        _forge.Sign(document.DocumentElement!);
        return document;
    }

    static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    static XmlElement Name(XmlDocument document) => Part(document, "NameID", "urn:oasis:names:tc:SAML:2.0:assertion");

    static XmlElement Part(XmlDocument document, string name, string space = SignedXml.XmlDsigNamespaceUrl) =>
        (XmlElement)document.GetElementsByTagName(name, space)[0]!;

    static Bad Raw(Func<SamlForge, byte[]> make, Refusal refusal, string detail) => new(make, refusal, detail);

    static Bad Made(Func<SamlForge, XmlDocument> make, Refusal refusal, string detail) => new(forge => SamlForge.Bytes(make(forge)), refusal, detail);

    /// <summary>Signed soundly, and then changed.</summary>
    static Bad Change(Action<XmlDocument> change, Refusal refusal, string detail) => Made(
        forge =>
        {
            var document = forge.Sound();
            change(document);
            return document;
        },
        refusal, detail);

    /// <summary>Signed soundly, whatever it says.</summary>
    static Bad Say(SamlContent content, Refusal refusal, string detail) => Made(forge => forge.Sound(content), refusal, detail);

    static Bad Signed(SamlSigning signing, string detail) => Made(forge => forge.Sound(signing: signing), Refusal.AssertionAlgorithmRefused, detail);

    static Bad Wrapped(int form, string detail) => Made(forge => SamlWrapping.Wrap(forge, form), Refusal.AssertionSignatureInvalid, detail);

    sealed record Bad(Func<SamlForge, byte[]> Make, Refusal Refusal, string Detail);
}

using System.Security.Cryptography.Xml;
using System.Xml;

namespace Gateway.Specs.Support;

/// <summary>
/// XML signature wrapping, the eight forms of "On Breaking SAML: Be Whoever You Want to Be" (USENIX Security 2012): the signed element is
/// still there and its signature still holds, but another one, of mallory, is where the answer is looked for.
/// </summary>
static class SamlWrapping
{
    public static XmlDocument Wrap(SamlForge forge, int form)
    {
        var document = form is 1 or 2 ? forge.SoundWhole() : forge.Sound();
        switch (form)
        {
            case 1: Response(document, (signature, signed) => signature.AppendChild(signed)); break;
            case 2: Response(document, (signature, signed) => signature.ParentNode!.InsertBefore(signed, signature)); break;
            case 3: Assertion(document, (evil, signed) => signed.ParentNode!.InsertBefore(evil, signed)); break;
            case 4: Assertion(document, (evil, signed) => { signed.ParentNode!.ReplaceChild(evil, signed); evil.AppendChild(signed); }); break;
            case 5: Moved(document, (signature, signed) => signed.OwnerDocument.DocumentElement!.AppendChild(signed)); break;
            case 6: Moved(document, (signature, signed) => signature.AppendChild(signed)); break;
            case 7: Assertion(document, Extended); break;
            default: Moved(document, (signature, signed) => Object(signature).AppendChild(signed)); break;
        }

        return document;
    }

    // Root and signature are mallory's response's; the signed one, without its signature, goes where the form wants it.
    static void Response(XmlDocument document, Action<XmlElement, XmlElement> place)
    {
        var signed = (XmlElement)document.DocumentElement!.CloneNode(true);
        signed.RemoveChild(signed.ChildNodes.OfType<XmlElement>().Single(e => e.LocalName == "Signature"));
        document.DocumentElement.SetAttribute("ID", "_evil");
        SamlForge.Assertion(document).SetAttribute("ID", "_evil-assertion");
        Mallory(document.DocumentElement);
        place(SamlForge.Signature(document), signed);
    }

    static void Assertion(XmlDocument document, Action<XmlElement, XmlElement> place)
    {
        var signed = SamlForge.Assertion(document);
        var evil = (XmlElement)signed.CloneNode(true);
        evil.RemoveChild(evil.ChildNodes.OfType<XmlElement>().Single(e => e.LocalName == "Signature"));
        evil.SetAttribute("ID", "_evil");
        Mallory(evil);
        place(evil, signed);
    }

    // Mallory's assertion keeps the signature; the signed assertion, without it, goes elsewhere.
    static void Moved(XmlDocument document, Action<XmlElement, XmlElement> place)
    {
        var evil = SamlForge.Assertion(document);
        var signed = (XmlElement)evil.CloneNode(true);
        signed.RemoveChild(signed.ChildNodes.OfType<XmlElement>().Single(e => e.LocalName == "Signature"));
        evil.SetAttribute("ID", "_evil");
        Mallory(evil);
        place(SamlForge.Signature(document), signed);
    }

    static void Extended(XmlElement evil, XmlElement signed)
    {
        var extensions = signed.OwnerDocument.CreateElement("samlp", "Extensions", "urn:oasis:names:tc:SAML:2.0:protocol");
        signed.ParentNode!.InsertBefore(extensions, signed);
        extensions.AppendChild(evil);
    }

    static XmlElement Object(XmlElement signature) =>
        (XmlElement)signature.AppendChild(signature.OwnerDocument.CreateElement("Object", SignedXml.XmlDsigNamespaceUrl))!;

    static void Mallory(XmlElement inside)
    {
        var name = (XmlElement)inside.GetElementsByTagName("NameID", "urn:oasis:names:tc:SAML:2.0:assertion")[0]!;
        name.InnerText = "mallory";
    }
}

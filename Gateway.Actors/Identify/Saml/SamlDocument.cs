using System.Xml;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// Reads XML from a stranger into a tree whose size and shape are bounded before it exists. Refused by form: a DTD and with it every
/// entity, comments and processing instructions (canonicalization drops comments, so that one could be put into a signed name and cut it in
/// two), CDATA, ids that are given twice. Pure.
/// </summary>
static class SamlDocument
{
    // Names under which one library or another finds the element a signature points to.
    static readonly string[] s_idNames = ["ID", "Id", "id", "AssertionID", "ResponseID"];

    public static Verdict<XmlDocument> Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > SamlLimits.Response) return Malformed($"it is larger than {SamlLimits.Response} bytes");
        try
        {
            if (Walk(bytes) is { } problem) return Malformed(problem);
            using var reader = Reader(bytes);
            // Whitespace is signed too.
            var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
            document.Load(reader);
            return document;
        }
        catch (XmlException)
        {
            // The message quotes the document.
            return Malformed("it is no well-formed XML without DTD");
        }
    }

    static Refused Malformed(string problem) => new(Refusal.AssertionMalformed, $"the response cannot be read: {problem}");

    static XmlReader Reader(ReadOnlyMemory<byte> bytes) => XmlReader.Create(new MemoryStream(bytes.ToArray(), writable: false), new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = SamlLimits.Response,
        CheckCharacters = true,
    });

    // Once without building anything: what is too deep would otherwise be found out by a full stack.
    static string? Walk(ReadOnlyMemory<byte> bytes)
    {
        using var reader = Reader(bytes);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var nodes = 0;
        while (reader.Read())
        {
            if (reader.NodeType is XmlNodeType.Comment) return "it holds a comment";
            if (reader.NodeType is XmlNodeType.ProcessingInstruction) return "it holds a processing instruction";
            if (reader.NodeType is XmlNodeType.CDATA) return "it holds a CDATA section";
            if (reader.Depth > SamlLimits.Depth) return $"its elements are nested more than {SamlLimits.Depth} deep";
            if (reader.NodeType is not XmlNodeType.Element) continue;
            if (reader.AttributeCount > SamlLimits.Attributes) return $"an element has more than {SamlLimits.Attributes} attributes";
            nodes += 1 + reader.AttributeCount;
            if (nodes > SamlLimits.Nodes) return $"it has more than {SamlLimits.Nodes} elements and attributes";
            if (!AreIdsNew(reader, ids)) return "two of its elements have the same id, or one has two ids";
        }

        return null;
    }

    static bool AreIdsNew(XmlReader reader, HashSet<string> ids)
    {
        var found = 0;
        while (reader.MoveToNextAttribute())
        {
            if (!s_idNames.Contains(reader.LocalName)) continue;
            if (++found > 1 || !ids.Add(reader.Value)) return false;
        }

        reader.MoveToElement();
        return true;
    }
}

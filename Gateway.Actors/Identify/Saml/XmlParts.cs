using System.Globalization;
using System.Xml;

namespace Gateway.Actors.Identify.Saml;

/// <summary>The few ways in which a checked tree is looked at: by namespace, among the direct children, never by a search that could find another.</summary>
static class XmlParts
{
    public static bool Is(this XmlNode node, string space, string name) =>
        node.NodeType == XmlNodeType.Element && node.LocalName == name && node.NamespaceURI == space;

    /// <summary>The direct children that are elements.</summary>
    public static List<XmlElement> Elements(this XmlElement parent) => [.. parent.ChildNodes.OfType<XmlElement>()];

    public static List<XmlElement> Elements(this XmlElement parent, string space, string name) =>
        [.. parent.ChildNodes.OfType<XmlElement>().Where(child => child.Is(space, name))];

    /// <summary>The one direct child of this name; null when there is none, or more than one.</summary>
    public static XmlElement? Single(this XmlElement parent, string space, string name) =>
        parent.Elements(space, name) is [var only] ? only : null;

    /// <summary>The attribute without a namespace; null when it is not there.</summary>
    public static string? Attribute(this XmlElement element, string name) => element.GetAttributeNode(name, "")?.Value;

    /// <summary>The whole text of an element that holds nothing but text; null when it holds an element.</summary>
    public static string? Text(this XmlElement element) =>
        element.ChildNodes.Cast<XmlNode>().All(child => child.NodeType is XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            ? element.InnerText
            : null;

    /// <summary>Everything in a tree that is an element, the root included.</summary>
    public static IEnumerable<XmlElement> All(this XmlElement root) => root.Elements().SelectMany(All).Prepend(root);

    /// <summary>A time as SAML writes it: xs:dateTime in UTC (SAML 2.0 core section 1.3.3); null when it is none.</summary>
    public static DateTimeOffset? Time(string? text)
    {
        if (text is null || text.Length > 40 || !text.EndsWith('Z')) return null;
        string[] forms = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
        return DateTimeOffset.TryParseExact(
            text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }
}

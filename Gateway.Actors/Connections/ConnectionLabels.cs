namespace Gateway.Actors.Connections;

/// <summary>Labels of connections: short words in operators' own language.</summary>
public static class ConnectionLabels
{
    public const string Remedy = "write key and value with 1 to 63 letters, digits, dashes, dots, underscores or slashes";

    /// <summary>Labels of one connection.</summary>
    public const int Most = 32;

    /// <summary>Whether it can be a label's key, or its value.</summary>
    public static bool IsPart(string text) =>
        text.Length is > 0 and <= 63 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '/');
}

using System.Globalization;

namespace Gateway.Lighthouse;

/// <summary>
/// Members of the cluster that a lighthouse knew, as <c>host:port</c>: those that are members now, then those that were, the latest first. Never more
/// than <see cref="Most"/>, and never the lighthouse itself.
/// </summary>
/// <param name="Addresses">In the order in which they are worth asking.</param>
public sealed record KnownMembers(IReadOnlyList<string> Addresses)
{
    /// <summary>One that lives is enough to find the cluster by. Each is asked once a second at start.</summary>
    public const int Most = 32;

    /// <summary>Of a host's name (RFC 1035, 2.3.4), a colon and a port.</summary>
    public const int LongestAddress = 255 + 6;

    public static KnownMembers None { get; } = new([]);

    /// <summary>The same after the cluster has become these members. Whoever left is remembered as long as there is room: it may be back by then.</summary>
    public KnownMembers After(IEnumerable<string> members, string self) => new(
    [
        .. members.Order(StringComparer.Ordinal).Concat(Addresses)
            .Where(address => IsHostAndPort(address) && !string.Equals(address, self, StringComparison.OrdinalIgnoreCase))
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(Most),
    ]);

    /// <summary>One a line.</summary>
    public string ToText() => string.Concat(Addresses.Select(address => $"{address}\n"));

    /// <summary>What <see cref="ToText"/> has written.</summary>
    /// <param name="text">A file's.</param>
    /// <param name="fault">What is wrong with it, or null; then nothing of it counts.</param>
    public static KnownMembers Read(string text, out string? fault)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var strange = Array.FindIndex(lines, line => !IsHostAndPort(line));
        fault = lines.Length > Most ? $"has more than {Most} lines" : strange >= 0 ? $"has in line {strange + 1} what is not host:port" : null;
        return fault is null ? new(lines) : None;
    }

    /// <summary>A name or an address, and a port that is not 0.</summary>
    public static bool IsHostAndPort(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && text.Length <= LongestAddress && IsHost(text[..colon])
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
    }

    public static bool IsHost(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;
}

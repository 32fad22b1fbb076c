using System.Globalization;

namespace Gateway.Actors.Connections;

/// <summary>A host name for each broker, on the port where clients begin: the node's id between two parts of a name. TLS brings the name along (SNI).</summary>
public sealed record BrokerHosts(string Before, string After) : BrokerRoutes
{
    /// <summary>What stands for the id in a pattern.</summary>
    public const string Node = "{node}";

    /// <summary>
    /// The routes that a pattern such as <c>broker-{node}.kafka.example.org</c> means, or null where it is none: the id stands once, in the first label, so
    /// that a certificate for <c>*.kafka.example.org</c> has all names.
    /// </summary>
    public static BrokerHosts? Of(string pattern)
    {
        var at = pattern.IndexOf(Node, StringComparison.Ordinal);
        if (at < 0) return null;
        var hosts = new BrokerHosts(pattern[..at].ToLowerInvariant(), pattern[(at + Node.Length)..].ToLowerInvariant());
        var isName = !hosts.Before.Contains('.', StringComparison.Ordinal) && hosts.After.Contains('.', StringComparison.Ordinal);
        return isName && ServerNames.IsOne(hosts.NameOf(int.MaxValue)) ? hosts : null;
    }

    public string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"{Before}{node}{After}");

    // Clusters number their brokers from 0 on; -1 is none.
    public override (string Host, int Port)? PlaceOf(int node, string host, int port) => node >= 0 ? (NameOf(node), port) : null;

    public override int? NodeOf(string? serverName, int port)
    {
        var name = serverName?.TrimEnd('.') ?? "";
        if (name.Length <= Before.Length + After.Length) return null;
        if (!name.StartsWith(Before, StringComparison.OrdinalIgnoreCase) || !name.EndsWith(After, StringComparison.OrdinalIgnoreCase)) return null;
        var id = name[Before.Length..^After.Length];
        // Each broker has one name: not 01, +1 or what does not fit.
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var node) && (id == "0" || id[0] != '0') ? node : null;
    }
}

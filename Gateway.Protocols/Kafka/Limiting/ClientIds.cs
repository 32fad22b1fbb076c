using System.Text;
using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Limiting;

/// <summary>
/// The names (client.id) that clients of a connection may give themselves. Another name ends the session: it stands in every request, so no request of
/// that client's would fare better, and many have no place for an error of their own.
/// </summary>
sealed class ClientIds(IReadOnlyList<string> patterns)
{
    /// <summary>Characters of a name that a refusal tells: a name may have 32 KiB.</summary>
    const int MostTold = 100;

    readonly NamePattern[] _patterns = [.. patterns.Select(pattern => new NamePattern(pattern))];
    byte[]? _last;

    /// <summary>Whether a request may come from a client of that name; none at all counts as an empty one.</summary>
    public bool Admit(ReadOnlySpan<byte> name)
    {
        if (_last is not null && name.SequenceEqual(_last)) return true;
        foreach (var pattern in _patterns)
        {
            if (!pattern.Matches(name)) continue;
            _last = name.ToArray();
            return true;
        }

        return false;
    }

    /// <summary>For whoever has to correct the client, or the connection.</summary>
    public string Fault(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name.Length > MostTold ? name[..MostTold] : name);
        return $"the client calls itself '{text}' (client.id), which this connection takes from nobody: it takes {string.Join(", ", patterns)}";
    }
}

using System.Buffers;
using System.Globalization;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>
/// Asks the registry's writer to do all of some acts, or none. <paramref name="Acts"/> has one line per act: manifest, space, content in base 64.
/// <paramref name="Basis"/> is the connections' revision they were decided on, or -1. Idempotent by <paramref name="ActId"/>.
/// </summary>
public sealed record ProposeActs(string ActId, long Basis, string Acts) : IClusterMessage
{
    /// <summary>Bytes of all contents. Below the remoting's largest message, base 64 included.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>Null when the acts are too large for one message.</summary>
    public static ProposeActs? Of(IReadOnlyList<RegistryEvent> acts, long? basis)
    {
        var lines = new List<string>();
        var bytes = 0;
        foreach (var act in acts)
        {
            var content = Content(act);
            bytes += content.WrittenCount;
            if (bytes > MostBytes) return null;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{RegistryEventTable.Table.ManifestOf(act)} {Convert.ToBase64String(content.WrittenSpan)}"));
        }

        return new(acts[0].Act.Id, basis ?? -1, string.Join('\n', lines));
    }

    /// <summary>Bytes of an act's content.</summary>
    public static int BytesOf(RegistryEvent act) => Content(act).WrittenCount;

    /// <summary>Throws <see cref="FormatException"/> for what <see cref="Of"/> did not write.</summary>
    public IReadOnlyList<RegistryEvent> Read() => [.. Acts.Split('\n').Select(ReadOne)];

    static ArrayBufferWriter<byte> Content(RegistryEvent act)
    {
        var content = new ArrayBufferWriter<byte>(512);
        RegistryEventTable.Table.WriteContent(act, content);
        return content;
    }

    static RegistryEvent ReadOne(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0) throw new FormatException("An act has no manifest.");
        return RegistryEventTable.Table.ReadContent(line[..space], Convert.FromBase64String(line[(space + 1)..]));
    }
}

/// <summary>What became of the acts of that id; the rest as in <see cref="RegistryAnswer"/>.</summary>
public sealed record ActsDecided(string ActId, RegistryOutcome Outcome, long Revision, string Detail) : IClusterMessage;

/// <summary>Tells every node that the registry has reached that revision.</summary>
public sealed record RegistryAdvanced(long Revision) : IClusterMessage;

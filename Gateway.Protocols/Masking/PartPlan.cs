using System.Collections.Concurrent;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Protocols.Masking;

/// <summary>Where the paths of all rules of a connection begin.</summary>
/// <param name="Json">In values in JSON.</param>
/// <param name="AvroValues">In values in Avro.</param>
/// <param name="AvroKeys">In keys in Avro.</param>
sealed record PathStarts(PathState Json, PathState AvroValues, PathState AvroKeys);

/// <summary>What is done to one part of a topic's messages, their values or their keys. Numbers of rules, -1 for none, and sets of them, a bit each.</summary>
sealed class PartPlan(IReadOnlyList<MaskingRule> rules)
{
    /// <summary>Schemas whose program is kept. Origin: a topic has a handful of versions of one or two.</summary>
    const int MostPrograms = 128;

    readonly ConcurrentDictionary<AvroSchema, AvroProgram?> _programs = new();

    /// <summary>The rule that masks all of it.</summary>
    public required int Whole { get; init; }

    /// <summary>The rules that look into all of it.</summary>
    public required ulong Finders { get; init; }

    /// <summary>The first of those that is strict.</summary>
    public required int StrictText { get; init; }

    /// <summary>Null where no rule has such a path.</summary>
    public ChosenPaths? Json { get; init; }

    /// <summary>The first strict rule with such a path.</summary>
    public int StrictJson { get; init; } = -1;

    /// <summary>The first of those that has no path for Avro.</summary>
    public int NeedsJson { get; init; } = -1;

    /// <summary>Null where no rule has such a path.</summary>
    public ChosenPaths? Avro { get; init; }

    /// <summary>The first strict rule with such a path.</summary>
    public int StrictAvro { get; init; } = -1;

    /// <summary>The first of those that has no path for JSON.</summary>
    public int NeedsAvro { get; init; } = -1;

    /// <summary>All strict rules.</summary>
    public ulong Strict { get; init; }

    /// <summary>Whether it has to be looked at.</summary>
    public bool IsLookedAt => Whole >= 0 || Finders != 0 || Json is not null || Avro is not null;

    /// <summary>Whether it makes a difference which schema it has.</summary>
    public bool AsksForSchemas => Finders != 0 || Avro is not null;

    /// <summary>The first strict rule that needs it to be readable.</summary>
    public int AnyStrict => StrictAvro >= 0 ? StrictAvro : StrictJson >= 0 ? StrictJson : StrictText;

    /// <summary>What is done to what has that schema; null: the paths meet it in more ways than can be followed.</summary>
    public AvroProgram? ProgramOf(AvroSchema schema)
    {
        if (_programs.TryGetValue(schema, out var program)) return program;
        if (_programs.Count >= MostPrograms) _programs.Clear();
        return _programs[schema] = AvroProgram.TryBuild(schema, rules, Avro ?? ChosenPaths.None, Finders);
    }
}

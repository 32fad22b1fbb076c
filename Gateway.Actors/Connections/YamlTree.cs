using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Actors.Connections;

/// <summary>A value in a YAML file, with where it stands. Lines and columns count from 1.</summary>
abstract record YamlValue(long Line, long Column);

/// <summary>A scalar. <see cref="Plain"/> is false for a quoted one: <c>"8883"</c> is text, <c>8883</c> a number.</summary>
sealed record YamlScalar(long Line, long Column, string Text, bool Plain) : YamlValue(Line, Column)
{
    public bool IsNull => Plain && Text is "" or "~" or "null";
}

sealed record YamlSequence(long Line, long Column, IReadOnlyList<YamlValue> Items) : YamlValue(Line, Column);

/// <summary>A mapping in the order of the file, duplicates included: those are for the reader to refuse.</summary>
sealed record YamlMap(long Line, long Column, IReadOnlyList<(YamlScalar Key, YamlValue Value)> Entries) : YamlValue(Line, Column);

/// <summary>
/// Reads the documents of a YAML text. Anchors, aliases and merge keys are refused: they let a small file unfold into a large one, and hide from a
/// reviewer what a connection really says.
/// </summary>
sealed class YamlTree
{
    // A connection is five levels deep.
    const int MaxDepth = 16;

    readonly Parser _parser;

    YamlTree(TextReader text) => _parser = new Parser(text);

    /// <exception cref="YamlException">The text is not YAML, or uses what is refused; carries the place.</exception>
    public static IReadOnlyList<YamlValue> Documents(TextReader text)
    {
        var tree = new YamlTree(text);
        var documents = new List<YamlValue>();
        tree._parser.Consume<StreamStart>();
        while (tree._parser.TryConsume<DocumentStart>(out _))
        {
            documents.Add(tree.Value(0));
            tree._parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    YamlValue Value(int depth)
    {
        var next = _parser.Current!;
        if (depth > MaxDepth) throw new YamlException(next.Start, next.End, "nested too deeply");
        if (next is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw new YamlException(next.Start, next.End, "anchors and aliases are not allowed; write the value out");
        if (_parser.TryConsume<Scalar>(out var scalar)) return ToScalar(scalar);
        return _parser.TryConsume<SequenceStart>(out var sequence) ? Sequence(sequence, depth) : Map(_parser.Consume<MappingStart>(), depth);
    }

    static YamlScalar ToScalar(Scalar scalar) => new(scalar.Start.Line, scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain);

    YamlSequence Sequence(SequenceStart start, int depth)
    {
        var items = new List<YamlValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Value(depth + 1));
        return new(start.Start.Line, start.Start.Column, items);
    }

    YamlMap Map(MappingStart start, int depth)
    {
        var entries = new List<(YamlScalar, YamlValue)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!;
            if (Value(depth + 1) is not YamlScalar key) throw new YamlException(at.Start, at.End, "a key must be a single word");
            entries.Add((key, Value(depth + 1)));
        }

        return new(start.Start.Line, start.Start.Column, entries);
    }
}

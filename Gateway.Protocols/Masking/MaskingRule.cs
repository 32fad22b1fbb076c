namespace Gateway.Protocols.Masking;

/// <summary>
/// One rule: what of a payload is masked, and how. <em>Where</em> it looks is <see cref="JsonPaths"/>, <see cref="AvroPaths"/>,
/// <see cref="AvroKeyPaths"/>, <see cref="Key"/> and <see cref="Headers"/>, the whole value where none of them is given; <em>what</em> it masks there is <see cref="Pattern"/> and <see cref="Detectors"/>, all of it where
/// neither is given.
/// </summary>
public sealed record MaskingRule
{
    /// <summary>Lower-case letters, digits and dashes; unique in the connection. Stands in metrics and faults.</summary>
    public required string Name { get; init; }

    /// <summary>The direction it is for; null: both.</summary>
    public Direction? Direction { get; init; }

    /// <summary>Topics in the protocol's own notation for rules; empty: every topic.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    public IReadOnlyList<JsonPath> JsonPaths { get; init; } = [];

    /// <summary>Fields of values in Avro, whose schemas a registry knows: paths through records, arrays and maps; unions have no step of their own.</summary>
    public IReadOnlyList<JsonPath> AvroPaths { get; init; } = [];

    /// <summary>The same of keys in Avro.</summary>
    public IReadOnlyList<JsonPath> AvroKeyPaths { get; init; } = [];

    /// <summary>The key of a record, for protocols that have one.</summary>
    public bool Key { get; init; }

    /// <summary>Names of headers, as they are written; <c>*</c> is every header.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public TextPattern? Pattern { get; init; }

    public IReadOnlyList<Detector> Detectors { get; init; } = [];

    public required MaskingAction Action { get; init; }

    /// <summary>
    /// True: what cannot be read as the rule needs it is refused. False: it passes, as far as it could not be read.
    /// </summary>
    public bool Strict { get; init; } = true;

    /// <summary>It masks parts of what it looks at, rather than all of it.</summary>
    public bool Finds => Pattern is not null || Detectors.Count > 0;

    /// <summary>It looks at the whole value.</summary>
    public bool WholeValue => JsonPaths.Count == 0 && AvroPaths.Count == 0 && AvroKeyPaths.Count == 0 && !Key && Headers.Count == 0;

    /// <summary>It cannot be followed without schemas.</summary>
    public bool NeedsSchemas => AvroPaths.Count > 0 || AvroKeyPaths.Count > 0;
}

public enum MaskingKind
{
    /// <summary>A fixed text, or as many stars as there were characters.</summary>
    Redact,

    /// <summary>Stars for all but the last characters.</summary>
    Partial,

    /// <summary>A keyed hash: the same text gives the same token under the same key.</summary>
    Token,

    /// <summary>The text itself, encrypted under the key.</summary>
    Encrypt,

    /// <summary>A member of a JSON object, an element of an array or a header goes altogether.</summary>
    Drop,

    /// <summary>The other way round, for whoever has the key: the text that was encrypted. No connection's rule does it.</summary>
    Open,
}

/// <summary>What becomes of what a rule selects.</summary>
public sealed record MaskingAction(MaskingKind Kind)
{
    /// <summary>Of <see cref="MaskingKind.Redact"/>: what stands in its place; null: stars.</summary>
    public string? Text { get; init; }

    /// <summary>Of <see cref="MaskingKind.Partial"/>: how many characters stay, as long as that is no more than half of them.</summary>
    public int KeepLast { get; init; }

    public bool NeedsKey => Kind is MaskingKind.Token or MaskingKind.Encrypt;
}

namespace Gateway.Protocols.Masking.Avro;

/// <summary>What becomes of a value.</summary>
enum AvroFate : byte
{
    /// <summary>It stays, but perhaps for what is within it.</summary>
    Keep,

    /// <summary>What rules find in its text is masked.</summary>
    Find,

    /// <summary>Another text stands in its place.</summary>
    Text,

    /// <summary>A UUID that is made of it stands in its place.</summary>
    Uuid,

    /// <summary>The bytes of <see cref="AvroStep.Constant"/> stand in its place: a zero, a field's default.</summary>
    Constant,

    /// <summary>Of a union's branch: the branch that is null stands in its place.</summary>
    Null,

    /// <summary>Its bytes go: of an entry of a map.</summary>
    Gone,

    /// <summary>The rule cannot be followed: <see cref="AvroStep.Fault"/> says why.</summary>
    Refuse,
}

/// <summary>How a value of a schema is read at one place of a payload, and what is done to it. Made by <see cref="AvroProgram"/>; never changes afterwards.</summary>
sealed class AvroStep
{
    public required AvroNode Node { get; init; }

    public AvroType Type => Node.Type;

    public AvroFate Fate { get; set; }

    /// <summary>The rule that masks all of it; -1: none.</summary>
    public int Rule { get; set; } = -1;

    /// <summary>The rules that look into its texts, a bit each: those of a string, or of a map's keys.</summary>
    public ulong Finders { get; set; }

    public byte[]? Constant { get; set; }

    public string? Fault { get; set; }

    /// <summary>The fields of a record that take bytes, the branches of a union, or what an array or map holds, last for names that are not <see cref="Keys"/>.</summary>
    public AvroStep[] Inner { get; set; } = [];

    /// <summary>Of a map: the names that paths know.</summary>
    public byte[][] Keys { get; set; } = [];

    /// <summary>Of a map: whether some of its entries go.</summary>
    public bool LosesEntries { get; set; }

    /// <summary>Of a map that is masked all over: what is done to its keys.</summary>
    public AvroStep? KeyStep { get; set; }

    /// <summary>The same value, passed over.</summary>
    public AvroStep? Plain { get; set; }

    /// <summary>Whether it, or anything within it, may change.</summary>
    public bool Masks { get; set; }

    /// <summary>What a map holds at that key.</summary>
    public AvroStep Entry(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            if (key.SequenceEqual(Keys[i])) return Inner[i];
        }

        return Inner[^1];
    }
}

namespace Gateway.Protocols.Masking.Avro;

/// <summary>A schema that was read. It is told apart by itself: whoever keeps what was made of it keeps it by this object.</summary>
public sealed class AvroSchema
{
    /// <summary>Bytes of one schema's text. Origin: the largest in use, generated from standards of whole industries, have some hundred KiB.</summary>
    public const int LongestText = 1024 * 1024;

    internal AvroSchema(AvroNode root) => Root = root;

    internal AvroNode Root { get; }

    /// <summary>Reads one; null, with what is wrong, where it is none that can be followed.</summary>
    /// <param name="texts">Those that it refers to, each behind what it refers to itself, and the schema last.</param>
    /// <param name="problem">What is wrong, to be said of a schema.</param>
    public static AvroSchema? TryRead(IReadOnlyList<string> texts, out string problem)
    {
        var reader = new AvroSchemaReader();
        AvroNode? root = null;
        foreach (var text in texts)
        {
            root = reader.TryRead(text, out problem);
            if (root is null) return null;
        }

        problem = root is null ? "has no text" : "";
        if (root is null) return null;
        reader.Settle();
        return new(root);
    }
}

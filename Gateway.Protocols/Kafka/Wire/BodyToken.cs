using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>What <see cref="BodyWalker"/> came upon.</summary>
public enum BodyTokenKind : byte
{
    /// <summary>Nothing: the input ends within a token, and none of it was consumed.</summary>
    NeedMore,

    /// <summary>The body is at its end.</summary>
    End,

    /// <summary>The body can never be one of its message: see <see cref="BodyWalker.Fault"/>.</summary>
    Malformed,

    /// <summary>A number, a bool or a uuid, whole.</summary>
    Value,

    /// <summary>The length of a string, bytes or records, whose content follows. -1: it is null.</summary>
    Length,

    /// <summary>A part of such a content, or of a tagged field that is not known, or all elements of an array of numbers, as much as is there.</summary>
    Content,

    /// <summary>How many elements an array has. -1: it is null.</summary>
    Count,

    /// <summary>Whether a struct that may be null is there: 1, or -1.</summary>
    Presence,

    /// <summary>An element of an array of structs begins, or a struct: no bytes.</summary>
    Enter,

    /// <summary>It ends: no bytes.</summary>
    Leave,

    /// <summary>How many tagged fields follow.</summary>
    Tags,

    /// <summary>A tagged field begins: its number and the size of what it holds. Its field is null where it is not known.</summary>
    Tag,

    /// <summary>A tagged field ends: no bytes.</summary>
    TagEnd,
}

/// <summary>One step of a <see cref="BodyWalker"/>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Field">Whose it is; null for tag sections and tagged fields that are not known.</param>
/// <param name="Number">The value (of a uuid: nothing), length, count or tag.</param>
/// <param name="Consumed">The bytes of the input it takes.</param>
public readonly record struct BodyToken(BodyTokenKind Kind, FieldLayout? Field, long Number, int Consumed);

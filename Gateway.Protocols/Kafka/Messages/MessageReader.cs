using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Messages;

/// <summary>Reads whole bodies of small messages into memory.</summary>
public sealed class MessageReader
{
    readonly BodyWalker _walker = new();
    int _structsLeft;
    bool _isRequest;

    /// <summary>Why the last body could not be read.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The body, or null with a <see cref="Fault"/>.</summary>
    /// <param name="layout">What it is.</param>
    /// <param name="body">All of it.</param>
    /// <param name="mostStructs">
    /// The most structs and texts of lists it may hold, each of which takes more memory than bytes on the wire; in a request numbers of
    /// lists too, as each may become a struct of the answer.
    /// </param>
    /// <param name="isExact">As in <see cref="BodyWalker.Begin(MessageLayout, long, bool)"/>.</param>
    public StructValue? Read(MessageLayout layout, ReadOnlySpan<byte> body, int mostStructs, bool isExact = true)
    {
        _walker.Begin(layout, body.Length, isExact);
        (_structsLeft, _isRequest, Fault) = (mostStructs, layout.IsRequest, "");
        var read = ReadStruct(layout.Body, ref body);
        if (read is null && Fault.Length == 0)
            Fault = _walker.Fault.Length > 0 ? _walker.Fault : $"{layout} holds more than {mostStructs} structs";
        return read;
    }

    StructValue? ReadStruct(StructLayout layout, ref ReadOnlySpan<byte> rest)
    {
        if (_structsLeft-- <= 0) return null;
        var value = new StructValue(layout);
        while (true)
        {
            var token = Next(ref rest, out var bytes);
            switch (token.Kind)
            {
                case BodyTokenKind.Leave or BodyTokenKind.End:
                    return value;
                case BodyTokenKind.Malformed or BodyTokenKind.NeedMore:
                    return null;
                case BodyTokenKind.Tag when token.Field is null:
                    value.UnknownTags.Add(((uint)token.Number, ReadContent(ref rest)));
                    break;
                case BodyTokenKind.Tags or BodyTokenKind.Tag or BodyTokenKind.TagEnd:
                    break;
                default:
                    if (!TryReadValue(token, bytes, ref rest, out var read)) return null;
                    value.Set(token.Field!, read);
                    break;
            }
        }
    }

    bool TryReadValue(in BodyToken token, scoped ReadOnlySpan<byte> bytes, ref ReadOnlySpan<byte> rest, out object? value)
    {
        var field = token.Field!;
        value = token.Kind switch
        {
            BodyTokenKind.Value when field.Type == FieldType.Uuid => bytes.ToArray(),
            BodyTokenKind.Value => token.Number,
            BodyTokenKind.Length => token.Number < 0 ? null : ReadContent(ref rest),
            BodyTokenKind.Enter => ReadStruct(field.Struct!, ref rest),
            BodyTokenKind.Presence when token.Number > 0 => EnterStruct(field, ref rest),
            BodyTokenKind.Count when token.Number >= 0 => ReadArray(field, token.Number, ref rest),
            _ => null,
        };
        return value is not null || token.Kind is BodyTokenKind.Length || token.Number < 0;
    }

    List<object?>? ReadArray(FieldLayout field, long count, ref ReadOnlySpan<byte> rest)
    {
        if (field.Type.Size() > 0) return ReadNumbers(field.Type, count, ref rest);
        var list = new List<object?>();
        while (count-- > 0)
        {
            object? element = field.Type == FieldType.Struct ? EnterStruct(field, ref rest) : ReadText(ref rest);
            if (element is null) return null;
            list.Add(element);
        }

        return list;
    }

    List<object?>? ReadNumbers(FieldType type, long count, ref ReadOnlySpan<byte> rest)
    {
        if (_isRequest && count > _structsLeft) return null;
        if (_isRequest) _structsLeft -= (int)count;
        return Numbers(type, ReadContent(ref rest));
    }

    StructValue? EnterStruct(FieldLayout field, ref ReadOnlySpan<byte> rest) =>
        Next(ref rest, out _).Kind == BodyTokenKind.Enter ? ReadStruct(field.Struct!, ref rest) : null;

    byte[]? ReadText(ref ReadOnlySpan<byte> rest)
    {
        if (_structsLeft-- <= 0) return null;
        return Next(ref rest, out _).Kind == BodyTokenKind.Length ? ReadContent(ref rest) : null;
    }

    byte[] ReadContent(ref ReadOnlySpan<byte> rest)
    {
        if (!_walker.IsWithinContent) return [];
        Next(ref rest, out var bytes);
        return bytes.ToArray();
    }

    BodyToken Next(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> bytes)
    {
        var token = _walker.Next(rest);
        bytes = rest[..token.Consumed];
        rest = rest[token.Consumed..];
        return token;
    }

    static List<object?> Numbers(FieldType type, ReadOnlySpan<byte> content)
    {
        var list = new List<object?>();
        for (var size = type.Size(); !content.IsEmpty; content = content[size..])
        {
            list.Add(type switch
            {
                FieldType.Signed32 => (long)BinaryPrimitives.ReadInt32BigEndian(content),
                FieldType.Signed64 => BinaryPrimitives.ReadInt64BigEndian(content),
                FieldType.Signed16 => (long)BinaryPrimitives.ReadInt16BigEndian(content),
                FieldType.Signed8 => (long)(sbyte)content[0],
                _ => content[..size].ToArray(),
            });
        }

        return list;
    }
}

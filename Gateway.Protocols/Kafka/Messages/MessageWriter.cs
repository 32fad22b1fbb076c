using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Wire;

namespace Gateway.Protocols.Kafka.Messages;

/// <summary>Writes what is held in memory.</summary>
public static class MessageWriter
{
    /// <summary>A body on its own.</summary>
    public static byte[] Body(StructValue value)
    {
        var body = new ArrayBufferWriter<byte>();
        Write(value, body);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>Writes a body.</summary>
    public static void Write(StructValue value, IBufferWriter<byte> target)
    {
        var layout = value.Layout;
        for (var i = 0; i < layout.Fields.Length; i++) WriteField(layout.Fields[i], value.ValueOf(i), layout.IsFlexible, target);
        if (layout.IsFlexible) WriteTags(value, target);
    }

    static void WriteTags(StructValue value, IBufferWriter<byte> target)
    {
        var tags = value.UnknownTags.ToList();
        for (var i = 0; i < value.Layout.Tags.Length; i++)
        {
            if (!value.HasTag(i)) continue;
            var content = new ArrayBufferWriter<byte>();
            WriteField(value.Layout.Tags[i], value.ValueOf(value.Layout.Fields.Length + i), isFlexible: true, content);
            tags.Add(((uint)value.Layout.Tags[i].Tag!, content.WrittenSpan.ToArray()));
        }

        UnsignedVarint.Write(target, (uint)tags.Count);
        foreach (var (tag, content) in tags.OrderBy(t => t.Tag))
        {
            UnsignedVarint.Write(target, tag);
            UnsignedVarint.Write(target, (uint)content.Length);
            target.Write(content);
        }
    }

    static void WriteField(FieldLayout field, object? value, bool isFlexible, IBufferWriter<byte> target)
    {
        if (field.IsArray) WriteArray(field, (List<object?>?)value, isFlexible, target);
        else WriteOne(field, value, isFlexible, target);
    }

    static void WriteArray(FieldLayout field, List<object?>? list, bool isFlexible, IBufferWriter<byte> target)
    {
        WriteSize(list?.Count ?? Null(field), isFlexible, target);
        foreach (var element in list ?? []) WriteOne(field with { IsNullable = false }, element, isFlexible, target);
    }

    static void WriteOne(FieldLayout field, object? value, bool isFlexible, IBufferWriter<byte> target)
    {
        switch (field.Type)
        {
            case FieldType.Struct:
                if (field.IsNullable) target.Write([(byte)(value is null ? -1 : 1)]);
                if (value is not null || !field.IsNullable) Write((StructValue)value!, target);
                break;
            case FieldType.Text when !isFlexible:
                WriteNumber((value as byte[])?.Length ?? Null(field), sizeof(short), target);
                target.Write(value as byte[]);
                break;
            case FieldType.Text or FieldType.Bytes or FieldType.Records:
                WriteSize((value as byte[])?.Length ?? Null(field), isFlexible, target);
                target.Write(value as byte[]);
                break;
            case FieldType.Uuid:
                target.Write((byte[])value!);
                break;
            default:
                WriteNumber((long)value!, field.Type.Size(), target);
                break;
        }
    }

    static void WriteSize(int length, bool isFlexible, IBufferWriter<byte> target)
    {
        if (isFlexible) UnsignedVarint.Write(target, (uint)(length + 1));
        else WriteNumber(length, sizeof(int), target);
    }

    static void WriteNumber(long number, int size, IBufferWriter<byte> target)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        target.Write(bytes[^size..]);
    }

    static int Null(FieldLayout field) => field.IsNullable ? -1 : throw new InvalidOperationException($"{field.Path} may not be null.");
}

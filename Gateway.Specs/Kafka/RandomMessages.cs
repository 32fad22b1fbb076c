using System.Text;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Specs.Kafka;

/// <summary>Makes sound messages of any layout: nulls, empty and full arrays, tagged fields known and unknown.</summary>
sealed class RandomMessages(Random random)
{
    static readonly MessageLayout[] s_layouts =
        [.. KafkaApi.All.Values.SelectMany(api => Enumerable.Range(api.Versions.First, api.Versions.Last - api.Versions.First + 1)
            .SelectMany(v => new[] { api.Request((short)v), api.Response((short)v) }))];

    public static IReadOnlyList<MessageLayout> Layouts => s_layouts;

    public MessageLayout AnyLayout() => s_layouts[random.Next(s_layouts.Length)];

    public StructValue Any(StructLayout layout)
    {
        var value = new StructValue(layout);
        foreach (var field in layout.Fields) value[field.Name] = Field(field);
        foreach (var field in layout.Tags)
        {
            if (random.Next(2) == 0) value[field.Name] = Field(field);
        }

        if (layout.IsFlexible && random.Next(4) == 0) value.UnknownTags.Add(((uint)random.Next(100, int.MaxValue), Bytes(random.Next(200))));
        return value;
    }

    object? Field(FieldLayout field)
    {
        if (field.IsNullable && random.Next(4) == 0) return null;
        return field.IsArray ? Enumerable.Range(0, random.Next(4)).Select(_ => One(field)).ToList<object?>() : One(field);
    }

    object One(FieldLayout field) => field.Type switch
    {
        FieldType.Struct => Any(field.Struct!),
        FieldType.Text => Encoding.UTF8.GetBytes(new string('x', random.Next(20) == 0 ? random.Next(300) : random.Next(8))),
        FieldType.Bytes or FieldType.Records => Bytes(random.Next(random.Next(20) == 0 ? 20_000 : 40)),
        FieldType.Uuid => Bytes(16),
        FieldType.Bool => (long)random.Next(2),
        FieldType.Signed8 => (long)(sbyte)random.Next(),
        FieldType.Signed16 => (long)(short)random.Next(),
        FieldType.Unsigned16 => (long)(ushort)random.Next(),
        FieldType.Unsigned32 => (long)(uint)random.Next(),
        FieldType.Signed64 or FieldType.Floating64 => random.NextInt64(long.MinValue, long.MaxValue),
        _ => (long)random.Next(int.MinValue, int.MaxValue),
    };

    byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}

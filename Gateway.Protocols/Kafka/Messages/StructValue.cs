using System.Text;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Messages;

/// <summary>
/// A struct that is held in memory, for the small messages that the gateway itself reads or writes. A value is a <see cref="long"/> for
/// every number and bool, a <c>byte[]</c> for strings, bytes, records and uuids, a <see cref="StructValue"/>, or a list of these; null is null.
/// </summary>
public sealed class StructValue
{
    readonly object?[] _values;
    readonly bool[] _tagged;

    /// <summary>All fields hold their defaults, no tagged field is there.</summary>
    public StructValue(StructLayout layout)
    {
        Layout = layout;
        _values = [.. layout.Fields.Select(DefaultOf), .. layout.Tags.Select(DefaultOf)];
        _tagged = new bool[layout.Tags.Length];
    }

    public StructLayout Layout { get; }

    /// <summary>Tagged fields that this version does not know, as they came, in ascending order.</summary>
    public List<(uint Tag, byte[] Content)> UnknownTags { get; } = [];

    /// <exception cref="KeyNotFoundException">This version has no such field.</exception>
    public object? this[string name]
    {
        get => _values[IndexOf(name)];
        set => Set(IndexOf(name), value);
    }

    public bool Has(string name) => Find(name) >= 0;

    public long Number(string name) => (long)this[name]!;

    public string? Text(string name) => this[name] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;

    public List<object?> List(string name) => (List<object?>?)this[name] ?? [];

    /// <summary>The elements of an array of structs; none where it is null.</summary>
    public IEnumerable<StructValue> Structs(string name) => List(name).Cast<StructValue>();

    /// <summary>Sets a text, and null for null.</summary>
    public StructValue With(string name, string? text) => With(name, (object?)(text is null ? null : Encoding.UTF8.GetBytes(text)));

    public StructValue With(string name, long number) => With(name, (object?)number);

    public StructValue With(string name, object? value)
    {
        this[name] = value;
        return this;
    }

    /// <summary>Sets the field where this version has it.</summary>
    public StructValue WithAny(string name, object? value) => Has(name) ? With(name, value) : this;

    /// <summary>Adds an element to an array of structs, and yields it.</summary>
    public StructValue Add(string name)
    {
        var index = IndexOf(name);
        var element = new StructValue(FieldAt(index).Struct!);
        if (_values[index] is not List<object?> list) Set(index, list = []);
        list.Add(element);
        return element;
    }

    internal object? ValueOf(int index) => _values[index];

    internal bool HasTag(int tagIndex) => _tagged[tagIndex];

    internal void Set(FieldLayout field, object? value)
    {
        var index = Array.IndexOf(Layout.Fields, field);
        Set(index >= 0 ? index : Layout.Fields.Length + Array.IndexOf(Layout.Tags, field), value);
    }

    void Set(int index, object? value)
    {
        _values[index] = value;
        if (index >= Layout.Fields.Length) _tagged[index - Layout.Fields.Length] = true;
    }

    FieldLayout FieldAt(int index) => index < Layout.Fields.Length ? Layout.Fields[index] : Layout.Tags[index - Layout.Fields.Length];

    int IndexOf(string name) => Find(name) is var index and >= 0 ? index : throw new KeyNotFoundException($"There is no field {name}.");

    int Find(string name)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            if (FieldAt(i).Name == name) return i;
        }

        return -1;
    }

    static object? DefaultOf(FieldLayout field)
    {
        var isNull = field.Default == "null";
        // A text that may be null says nothing by being empty; a list that may be null often means all by being null.
        if (field.IsNullable && (isNull || field is { IsArray: false, Type: FieldType.Text, Default: null })) return null;
        if (field.IsArray) return new List<object?>();
        return field.Type switch
        {
            FieldType.Struct => field.IsNullable ? null : new StructValue(field.Struct!),
            FieldType.Text or FieldType.Bytes or FieldType.Records => Encoding.UTF8.GetBytes(isNull ? "" : field.Default ?? ""),
            FieldType.Uuid => new byte[16],
            FieldType.Bool => field.Default == "true" ? 1L : 0L,
            _ => field.Default is { } text ? long.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0L,
        };
    }
}

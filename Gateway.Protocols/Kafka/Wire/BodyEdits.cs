using System.Buffers;
using System.Buffers.Binary;

namespace Gateway.Protocols.Kafka.Wire;

/// <summary>
/// Changes to a whole frame, each in its place: what is not changed is copied as it came, so that nothing is lost that the gateway does not know. The
/// sizes that stand before a change, of the frame and of the tagged fields around it, follow.
/// </summary>
public sealed class BodyEdits
{
    readonly List<Edit> _edits = [];
    readonly List<OpenTag> _tags = [];
    readonly ArrayBufferWriter<byte> _values = new();
    int _growth;

    public bool IsEmpty => _edits.Count == 0;

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        _edits.Clear();
        _tags.Clear();
        _values.Clear();
        _growth = 0;
    }

    /// <summary>So far; see <see cref="Rewind"/>.</summary>
    public (int Edits, int Growth) Mark => (_edits.Count, _growth);

    /// <summary>Forgets the changes since then: what they were made in is taken out as a whole.</summary>
    public void Rewind((int Edits, int Growth) mark)
    {
        _edits.RemoveRange(mark.Edits, _edits.Count - mark.Edits);
        _growth = mark.Growth;
    }

    /// <summary>A tagged field begins: its size may have to follow.</summary>
    /// <param name="tag">Its token.</param>
    /// <param name="at">Where in the frame the token stands.</param>
    /// <param name="bytes">The bytes of the token.</param>
    public void EnterTag(in BodyToken tag, int at, ReadOnlySpan<byte> bytes)
    {
        var number = UnsignedVarint.Length((uint)tag.Number);
        UnsignedVarint.TryRead(bytes[number..], out var size);
        _tags.Add(new OpenTag(at + number, bytes.Length - number, size, _growth));
    }

    public void LeaveTag()
    {
        var tag = _tags[^1];
        _tags.RemoveAt(_tags.Count - 1);
        if (_growth == tag.GrowthBefore) return;
        Span<byte> size = stackalloc byte[UnsignedVarint.MostBytes];
        Replace(tag.At, tag.Length, size[..UnsignedVarint.Write(size, (uint)(tag.Size + _growth - tag.GrowthBefore))]);
    }

    /// <summary>Other bytes stand in the place of <paramref name="length"/> bytes at <paramref name="at"/>. Places must not overlap.</summary>
    public void Replace(int at, int length, ReadOnlySpan<byte> value)
    {
        _edits.Add(new Edit(at, length, _values.WrittenCount, value.Length));
        _values.Write(value);
        _growth += value.Length - length;
    }

    /// <summary>Writes the frame with its changes.</summary>
    public void Write(ReadOnlySpan<byte> frame, IBufferWriter<byte> target)
    {
        Span<byte> size = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(size, frame.Length - sizeof(int) + _growth);
        target.Write(size);
        var at = sizeof(int);
        // Sizes of tagged fields are known after what stands in them.
        foreach (var edit in _edits.OrderBy(e => e.At))
        {
            target.Write(frame[at..edit.At]);
            target.Write(_values.WrittenSpan.Slice(edit.Value, edit.ValueLength));
            at = edit.At + edit.Length;
        }

        target.Write(frame[at..]);
    }

    readonly record struct Edit(int At, int Length, int Value, int ValueLength);

    readonly record struct OpenTag(int At, int Length, uint Size, int GrowthBefore);
}

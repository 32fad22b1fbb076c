using System.Buffers;

namespace Gateway.Protocols;

/// <summary>Takes what is written until it is let go; then it holds nothing. Grows with what was written, never with what a length announces.</summary>
public sealed class PooledWriter : IBufferWriter<byte>
{
    const int First = 512;

    byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Advance(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - Length)) throw new ArgumentOutOfRangeException(nameof(count));
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Other bytes in the place of some that were written.</summary>
    public Span<byte> Written(int start, int length) => _bytes.AsSpan(0, Length).Slice(start, length);

    /// <summary>Empties it, for the next use that is soon.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets what was written after that length.</summary>
    public void CutTo(int length) => Length = Math.Min(Length, length);

    public void LetGo()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    void Reserve(int more)
    {
        var needed = checked(Length + Math.Max(1, more));
        if (needed <= _bytes.Length) return;
        var doubled = (int)Math.Min(2L * _bytes.Length, Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(First, Math.Max(doubled, needed)));
        Span.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

using System.Buffers;

namespace Gateway.Protocols;

/// <summary>Bytes that wait until they can be judged. Grows with what was received, never with what a length announces.</summary>
sealed class HeldBytes
{
    const int First = 256;

    byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Add(ReadOnlySpan<byte> more)
    {
        if (Length + more.Length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(First, Math.Max(2 * _bytes.Length, Length + more.Length)));
            Span.CopyTo(larger);
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        more.CopyTo(_bytes.AsSpan(Length));
        Length += more.Length;
    }

    public void LetGo()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }
}

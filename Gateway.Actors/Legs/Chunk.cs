using System.Buffers;
using System.Collections.Concurrent;

namespace Gateway.Actors.Legs;

/// <summary>
/// Bytes on their way through a session, in a pooled buffer. Exactly one owner at a time: whoever takes a chunk and does not pass it on returns it.
/// </summary>
public sealed class Chunk
{
    /// <summary>
    /// Bytes one read may fill. Origin: measured, a relay's price per byte stops falling at 64 KiB, and 64 KiB is also what one journal chunk holds.
    /// </summary>
    public const int Capacity = 64 * 1024;

    /// <summary>Chunk objects kept for reuse, process-wide; their buffers live in the shared array pool, which shrinks by itself.</summary>
    const int Pooled = 1024;

    static readonly ConcurrentQueue<Chunk> s_pool = new();

    byte[]? _buffer;

    Chunk()
    {
    }

    public int Length { get; private set; }

    /// <summary>What the gateway says to the upstream for itself, with its own credentials, or to the client alone: it is in no recording.</summary>
    public bool IsOwn { get; set; }

    public ReadOnlySpan<byte> Span => Buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    /// <summary>Room behind the bytes.</summary>
    public Memory<byte> Free => Buffer.AsMemory(Length);

    byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(Chunk));

    /// <summary>An empty chunk with room for at least <paramref name="atLeast"/> bytes.</summary>
    public static Chunk Rent(int atLeast = Capacity)
    {
        if (!s_pool.TryDequeue(out var chunk)) chunk = new Chunk();
        chunk._buffer = ArrayPool<byte>.Shared.Rent(atLeast);
        return chunk;
    }

    public static Chunk Of(ReadOnlySpan<byte> bytes)
    {
        var chunk = Rent(bytes.Length);
        bytes.CopyTo(chunk.Free.Span);
        chunk.Advance(bytes.Length);
        return chunk;
    }

    /// <summary><paramref name="count"/> bytes of <see cref="Free"/> were filled.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Free.Length);
        Length += count;
    }

    /// <summary>Gives the buffer back; the chunk is then another's. Once only.</summary>
    public void Return()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? throw new InvalidOperationException("The chunk was returned twice.");
        ArrayPool<byte>.Shared.Return(buffer);
        (Length, IsOwn) = (0, false);
        if (s_pool.Count < Pooled) s_pool.Enqueue(this);
    }
}

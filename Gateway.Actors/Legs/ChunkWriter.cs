using Gateway.Protocols;

namespace Gateway.Actors.Legs;

/// <summary>Gathers what a conversation writes in pooled chunks, which <see cref="TryTake"/> hands out in order. Holds no buffer while it is empty.</summary>
public sealed class ChunkWriter : IUnrecordedWriter
{
    readonly Queue<Chunk> _full = new();
    Chunk? _last;

    public bool IsEmpty => _full.Count == 0 && _last is null or { Length: 0 };

    public void Advance(int count) => (_last ?? throw new InvalidOperationException("Nothing was asked for.")).Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var size = Math.Max(sizeHint, 1);
        if (_last is { } full && full.Free.Length < size) CloseLast();
        _last ??= Chunk.Rent(Math.Max(size, Chunk.Capacity));
        return _last.Free;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void WriteUnrecorded(ReadOnlySpan<byte> bytes)
    {
        CloseLast();
        var chunk = Chunk.Of(bytes);
        chunk.IsOwn = true;
        _full.Enqueue(chunk);
    }

    /// <summary>The oldest chunk, now the caller's.</summary>
    public bool TryTake(out Chunk chunk)
    {
        if (_full.TryDequeue(out chunk!)) return true;
        (chunk, _last) = (_last!, null);
        if (chunk is { Length: > 0 }) return true;
        chunk?.Return();
        return false;
    }

    void CloseLast()
    {
        if (_last is not { } full) return;
        _last = null;
        if (full.Length > 0) _full.Enqueue(full);
        else full.Return();
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        while (TryTake(out var chunk)) chunk.Return();
    }
}

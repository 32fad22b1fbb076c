using System.Buffers;
using System.Collections.Concurrent;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Record;

/// <summary>
/// Traffic gathered for the next <see cref="TrafficRecorded"/>, in a pooled buffer. Owned by one holder at a time: the tap fills it, hands it to the
/// session's actor, and whoever holds it last returns it.
/// </summary>
public sealed class ChunkDraft
{
    /// <summary>
    /// The most bytes in one chunk. Origin: measured, what an event costs on its way into the journal is as much as compressing 64 KiB of text, so
    /// fewer, larger events are cheaper; beyond this nothing is gained, and a window of 1 MiB should hold several.
    /// </summary>
    public const int Capacity = 256 * 1024;

    /// <summary>What a draft begins with, unless more is expected: most sessions say little at a time.</summary>
    const int Least = 4 * 1024;

    /// <summary>Drafts kept for reuse, process-wide.</summary>
    const int Pooled = 256;

    static readonly ConcurrentQueue<ChunkDraft> s_pool = new();

    readonly List<TrafficEntry> _entries = new(16);
    TimeProvider _time = TimeProvider.System;
    byte[]? _buffer;
    long _startedStamp;

    ChunkDraft()
    {
    }

    public bool IsEmpty => _entries.Count == 0;

    public bool IsFull => Length == Capacity || _entries.Count == EventLimits.Entries;

    /// <summary>Bytes gathered so far, both directions together.</summary>
    public int Length { get; private set; }

    /// <summary>When the first entry was added, microseconds since the Unix epoch.</summary>
    public long StartedAt { get; private set; }

    public IReadOnlyList<TrafficEntry> Entries => _entries;

    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, Length);

    byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(ChunkDraft));

    /// <summary>
    /// An empty draft that stamps what is added with <paramref name="time"/>: the wall clock once, the monotonic one for every entry. It grows as it
    /// needs to; <paramref name="expected"/> bytes fit without.
    /// </summary>
    public static ChunkDraft Rent(TimeProvider time, int expected = 0)
    {
        if (!s_pool.TryDequeue(out var draft))
            draft = new ChunkDraft();
        draft._buffer = ArrayPool<byte>.Shared.Rent(Math.Clamp(expected, Least, Capacity));
        draft._time = time;
        return draft;
    }

    /// <summary>
    /// Takes as many of <paramref name="bytes"/> as fit, now, and says how many. Fewer than all: the draft is full (<see cref="IsFull"/>) or too old for
    /// another entry's time; record it and go on with a new one.
    /// </summary>
    public int Add(Direction direction, ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, Capacity - Length);
        if (taken == 0 || _entries.Count == EventLimits.Entries || !TryStamp(out var after))
            return 0;
        Reserve(Length + taken);
        bytes[..taken].CopyTo(Buffer.AsSpan(Length));
        _entries.Add(new TrafficEntry(direction, after, taken));
        Length += taken;
        return taken;
    }

    /// <summary>Gives buffer and draft back to their pools; the draft is then another's. Once only.</summary>
    public void Return()
    {
        var buffer = Interlocked.Exchange(ref _buffer, null) ?? throw new InvalidOperationException("The draft was returned twice.");
        GiveBack(buffer);
        _entries.Clear();
        Length = 0;
        if (s_pool.Count < Pooled)
            s_pool.Enqueue(this);
    }

    void Reserve(int length)
    {
        if (Buffer is var small && length <= small.Length)
            return;
        _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(length, 4 * small.Length), Capacity));
        small.AsSpan(0, Length).CopyTo(_buffer);
        GiveBack(small);
    }

    // Relayed bytes may be secrets of the application: the next holder of the buffer does not see them.
    void GiveBack(byte[] buffer)
    {
        buffer.AsSpan(0, Length).Clear();
        ArrayPool<byte>.Shared.Return(buffer);
    }

    bool TryStamp(out uint after)
    {
        after = 0;
        if (IsEmpty)
        {
            _startedStamp = _time.GetTimestamp();
            StartedAt = UnixMicros.Of(_time.GetUtcNow());
            return true;
        }
        var micros = _time.GetElapsedTime(_startedStamp).Ticks / TimeSpan.TicksPerMicrosecond;
        if (micros > uint.MaxValue)
            return false;
        after = (uint)micros;
        return true;
    }
}

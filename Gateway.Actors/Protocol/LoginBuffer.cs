using System.Buffers;
using Gateway.Actors.Legs;

namespace Gateway.Actors.Protocol;

/// <summary>Holds what a peer sent during a login until the conversation has consumed it. Grows as needed, up to a cap.</summary>
/// <param name="most">The most bytes that are held.</param>
sealed class LoginBuffer(int most) : IDisposable
{
    const int First = 4096;

    byte[] _buffer = [];
    int _length;

    public ReadOnlySpan<byte> Received => _buffer.AsSpan(0, _length);

    public bool IsFull => _length >= most;

    /// <summary>Reads some more, never beyond the cap; false when the peer sends no more.</summary>
    public async ValueTask<bool> FillAsync(Stream from, CancellationToken cancel)
    {
        if (_length == _buffer.Length) Grow();
        var room = Math.Min(_buffer.Length, most) - _length;
        var count = await from.ReadAsync(_buffer.AsMemory(_length, room), cancel).ConfigureAwait(false);
        _length += count;
        return count > 0;
    }

    public void Consume(int count)
    {
        Received[count..].CopyTo(_buffer);
        _length -= count;
    }

    /// <summary>What is left, as the first chunk to relay; null when nothing is.</summary>
    public Chunk? Rest() => _length == 0 ? null : Chunk.Of(Received);

    public void Dispose()
    {
        // A login holds a credential: the next holder of the buffer does not see it.
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = [];
        _length = 0;
    }

    void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(First, _buffer.Length * 2), most));
        Received.CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }
}

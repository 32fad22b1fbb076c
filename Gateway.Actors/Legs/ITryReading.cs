namespace Gateway.Actors.Legs;

/// <summary>
/// A connection that is read without waiting, and waited for without a buffer: thousands that are idle hold none. One reader at a time.
/// </summary>
public interface ITryReading
{
    /// <summary>Completes when there may be something to read, or an end, or a fault. It may be for nothing: after each wait, try.</summary>
    ValueTask WaitToReadAsync();

    /// <summary>
    /// True with the bytes that were there, as many as the buffer, which must not be empty, takes; true without any when the peer sends no more.
    /// False when nothing is there yet.
    /// </summary>
    /// <exception cref="IOException">The connection failed, or was cut.</exception>
    bool TryRead(Span<byte> buffer, out int count);
}

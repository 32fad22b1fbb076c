using System.Buffers;

namespace Gateway.Actors.Tls;

/// <summary>
/// A stream whose first bytes can be looked at before anybody reads them; they are then read like any others. Once they are, it costs a
/// call and nothing else. Owns the stream behind it.
/// </summary>
public sealed class PeekableStream(Stream inner, int capacity) : Stream
{
    byte[]? _peeked = ArrayPool<byte>.Shared.Rent(capacity);
    int _start;
    int _end;

    /// <summary>What is behind.</summary>
    public Stream Inner => inner;

    public ReadOnlySpan<byte> Peeked => _peeked.AsSpan(_start, _end - _start);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Waits for more bytes to look at; false when none will come. Only before the first read.</summary>
    /// <exception cref="InvalidOperationException">The capacity is used up.</exception>
    public async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_end == capacity) throw new InvalidOperationException("There is no room to look further ahead.");
        var count = await inner.ReadAsync(_peeked.AsMemory(_end, capacity - _end), cancel).ConfigureAwait(false);
        _end += count;
        return count > 0;
    }

    /// <summary>That many of the bytes that were looked at are nobody's: they are not read.</summary>
    public void Skip(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_end - _start));
        _start += count;
    }

    /// <summary>Somebody else took what was looked at: it is not read here again.</summary>
    public void ForgetPeeked()
    {
        if (_peeked is { } peeked) ArrayPool<byte>.Shared.Return(peeked, clearArray: true);
        (_peeked, _start, _end) = (null, 0, 0);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _peeked is null ? inner.ReadAsync(buffer, cancellationToken) : new(TakePeeked(buffer.Span));

    public override int Read(Span<byte> buffer) => _peeked is null ? inner.Read(buffer) : TakePeeked(buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // A buffer that was not read to its end is left to the collector: giving it back here could race with the read that copies from it.
    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    int TakePeeked(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _start);
        _peeked.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        if (_start == _end) ForgetPeeked();
        return count;
    }
}

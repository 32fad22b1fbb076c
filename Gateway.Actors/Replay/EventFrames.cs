using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Replay;

/// <summary>
/// A session's events as one stream of bytes. A frame is
/// <c>sequence number (u64) | manifest length (u8) | manifest (UTF-8) | length (u32) | stored bytes</c>, numbers in
/// network byte order. Eight zero bytes end the stream: without them it was cut short. Eight bytes FF are <see cref="JournaledEvent.Silence"/>.
/// </summary>
public static class EventFrames
{
    /// <summary>Bytes of one stored event. A chunk is at most <see cref="EventLimits.Chunk"/>; the rest is room for texts.</summary>
    public const int EventBytes = 16 * 1024 * 1024;

    const int SequenceLength = sizeof(ulong);

    const ulong Silent = ulong.MaxValue;

    static readonly byte[] s_silence = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>Writes all events and the end mark, one at a time. Throws <see cref="InvalidDataException"/> above a cap.</summary>
    public static async Task WriteAsync(IAsyncEnumerable<JournaledEvent> events, Stream to, CancellationToken cancel)
    {
        await foreach (var e in events.WithCancellation(cancel))
        {
            if (ReferenceEquals(e, JournaledEvent.Silence))
            {
                await to.WriteAsync(s_silence, cancel);
                continue;
            }

            await to.WriteAsync(Head(e), cancel);
            await to.WriteAsync(e.Bytes, cancel);
        }

        await to.WriteAsync(new byte[SequenceLength], cancel);
    }

    /// <summary>Reads up to the end mark, one event at a time. Throws <see cref="InvalidDataException"/> for a cut or bad stream.</summary>
    public static async IAsyncEnumerable<JournaledEvent> ReadAsync(
        Stream from, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (await NextAsync(from, cancel) is { } e)
            yield return e;
    }

    static async Task<JournaledEvent?> NextAsync(Stream from, CancellationToken cancel)
    {
        var sequence = BinaryPrimitives.ReadUInt64BigEndian(await ExactlyAsync(from, SequenceLength, cancel));
        if (sequence == 0) return null;
        if (sequence == Silent) return JournaledEvent.Silence;
        if (sequence > long.MaxValue) throw new InvalidDataException($"The sequence number {sequence} is above {long.MaxValue}.");
        var nameLength = (await ExactlyAsync(from, 1, cancel))[0];
        var manifest = Encoding.UTF8.GetString(await ExactlyAsync(from, nameLength, cancel));
        var length = BinaryPrimitives.ReadUInt32BigEndian(await ExactlyAsync(from, sizeof(uint), cancel));
        if (length > EventBytes) throw new InvalidDataException($"Event {sequence} declares {length} bytes; the cap is {EventBytes}.");
        return new JournaledEvent((long)sequence, manifest, await ExactlyAsync(from, (int)length, cancel));
    }

    static async Task<byte[]> ExactlyAsync(Stream from, int length, CancellationToken cancel)
    {
        var bytes = new byte[length];
        try
        {
            await from.ReadExactlyAsync(bytes, cancel);
            return bytes;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The stream of events was cut short; ask for it again.", e);
        }
    }

    static byte[] Head(JournaledEvent e)
    {
        var manifest = Encoding.UTF8.GetBytes(e.Manifest);
        if (e.SequenceNumber <= 0 || manifest.Length > byte.MaxValue || e.Bytes.Length > EventBytes)
            throw new InvalidDataException($"Event {e.SequenceNumber} ({e.Bytes.Length} bytes) does not fit a frame.");
        var head = new byte[SequenceLength + 1 + manifest.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(head, (ulong)e.SequenceNumber);
        head[SequenceLength] = (byte)manifest.Length;
        manifest.CopyTo(head, SequenceLength + 1);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(SequenceLength + 1 + manifest.Length), (uint)e.Bytes.Length);
        return head;
    }
}

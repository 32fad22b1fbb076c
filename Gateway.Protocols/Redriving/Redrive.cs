using System.Buffers;

namespace Gateway.Protocols.Redriving;

/// <summary>
/// Says again, to whom it may concern now, what a client said in a recording: recorded bytes in, parts out, each of which is written when its time has
/// come, and what is answered is read. The login is the speaker's own, and so are identifiers that only mean something within a session. No socket and
/// no clock; for one thread at a time. The order of calls: <see cref="Read"/> until <see cref="CanLogIn"/>, <see cref="LogIn"/>,
/// <see cref="Receive"/> for all that comes, <see cref="Write"/> once <see cref="IsReady"/>, <see cref="Leave"/>.
/// </summary>
public abstract class Redrive
{
    /// <summary>Enough of the recording was read to know how to log in.</summary>
    public abstract bool CanLogIn { get; }

    /// <summary>The login was accepted: parts may be written.</summary>
    public abstract bool IsReady { get; }

    /// <summary>Parts that were written and await their answer.</summary>
    public abstract int Awaited { get; }

    /// <summary>Parts that may await their answer at once.</summary>
    public abstract int MostAwaited { get; }

    /// <summary>Parts whose answer said no.</summary>
    public abstract int Refused { get; }

    /// <summary>Operations of the recording that cannot be said again, such as those too large to be held.</summary>
    public abstract int Skipped { get; }

    /// <summary>Why the other side will have no more; null while it will.</summary>
    public abstract string? Ended { get; }

    /// <summary>What may be said at any time to show that one is still there; empty: nothing.</summary>
    public virtual ReadOnlyMemory<byte> Pulse => ReadOnlyMemory<byte>.Empty;

    /// <summary>Reads the next recorded bytes of the client and adds what is to be said again because of them.</summary>
    public abstract void Read(long at, ReadOnlySpan<byte> recorded, List<RedrivenPart> into);

    /// <summary>Writes the login of somebody with this token, null where none is taken.</summary>
    public abstract void LogIn(string? token, string clientName, IBufferWriter<byte> target);

    /// <summary>Writes a part, with whatever identifier is free now.</summary>
    public abstract void Write(RedrivenPart part, IBufferWriter<byte> target);

    /// <summary>Reads what came, and writes what has to be answered at once.</summary>
    public abstract void Receive(ReadOnlySpan<byte> received, IBufferWriter<byte> target);

    /// <summary>Takes leave in the protocol's own words.</summary>
    public virtual void Leave(IBufferWriter<byte> target)
    {
    }
}

/// <summary>
/// Something to be said again. <paramref name="At"/> is when it was said, in micros since 1970; <paramref name="Content"/> belongs to the
/// <see cref="Redrive"/> that made it.
/// </summary>
public sealed record RedrivenPart(long At, int PayloadBytes, object Content);

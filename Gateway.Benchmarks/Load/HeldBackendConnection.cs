using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>A backend whose client sends messages: what has come of one is held until it can be taken.</summary>
abstract class HeldBackendConnection(TlsConnection tls, int capacity = 4 * 1024) : BackendConnection(tls, capacity)
{
    /// <summary>What can be held at once.</summary>
    protected const int InboxBytes = Dialogue.BlockBytes;

    readonly byte[] _inbox = new byte[InboxBytes];
    int _held;

    protected sealed override bool Talk()
    {
        while (true)
        {
            var progress = Flush();
            if (progress > 0) progress = Tls.Read(_inbox.AsSpan(_held));
            if (progress <= 0) return progress == TlsConnection.WouldBlock;
            _held += progress;
            if (!TakeAll()) return false;
        }
    }

    /// <summary>Takes so many bytes from the front of what is held; 0: more has to come first, null: the connection is over.</summary>
    protected abstract int? Take(ReadOnlySpan<byte> held);

    protected bool TryReply(ReadOnlySpan<byte> reply)
    {
        // The client waits for one answer before it asks for the next: a full outbox is a broken promise of the load generator.
        if (reply.Length > Room) return false;
        Queue(reply);
        return true;
    }

    bool TakeAll()
    {
        var at = 0;
        int? taken;
        do
        {
            taken = Take(_inbox.AsSpan(at, _held - at));
            at += taken ?? 0;
        }
        while (taken > 0);

        _inbox.AsSpan(at, _held - at).CopyTo(_inbox);
        _held -= at;
        return taken is not null;
    }
}

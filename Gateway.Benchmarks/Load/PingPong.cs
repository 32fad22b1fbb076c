using System.Diagnostics;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>Sends one message, waits until it is back, and so on; notes how long each took, in ticks of <see cref="Stopwatch"/>.</summary>
sealed class PingPong(TlsConnection connection, Dialogue dialogue, int count, byte[] scratch) : LoadTask(connection)
{
    readonly byte[] _head = dialogue.BeforeMessages(count);
    readonly byte[] _message = dialogue.Message;
    readonly List<long> _times = new(count);
    int _headOffset;
    int _offset;
    long _owed = dialogue.MessageReply;
    long _sentAt;

    public IReadOnlyList<long> Times => _times;

    protected override bool Talk()
    {
        if (!Send(_head, ref _headOffset)) return false;
        while (_times.Count < count)
        {
            if (_offset == 0) _sentAt = Stopwatch.GetTimestamp();
            if (!Send(_message, ref _offset) || !Receive(ref _owed, scratch)) return false;
            _times.Add(Stopwatch.GetTimestamp() - _sentAt);
            (_offset, _owed) = (0, dialogue.MessageReply);
        }

        return true;
    }
}

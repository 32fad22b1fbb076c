using System.Buffers;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>
/// The requests that await a response, in their order: a broker answers in no other, and responses do not say what they answer. What the
/// gateway answers itself takes its place among them, and what it says beside a broker's answer waits with that; the bytes of both are
/// bounded. A ring, so that requests leave nothing for the garbage collector.
/// </summary>
sealed class InFlight(Limits limits)
{
    const int First = 8;

    Awaited[] _ring = [];
    int _first;
    int _count;
    int _ownBytes;

    /// <summary>What the next response of the upstream answers; null where it owes none.</summary>
    public MessageLayout? Next => _count > 0 ? _ring[_first].Response : null;

    /// <summary>The correlation id of the request that <see cref="Next"/> answers.</summary>
    public int NextCorrelationId => _ring[_first].CorrelationId;

    /// <summary>The body that says what the gateway denied of that request, which has to be put into the response; null: nothing.</summary>
    public byte[]? NextDenied => Next is null ? null : _ring[_first].Own;

    /// <summary>Whether that answers what the gateway asked for itself, and is nothing for the client.</summary>
    public bool NextIsOwn => _count > 0 && _ring[_first].IsOwn;

    /// <summary>
    /// The gateway's own request was sent. There is never more than one at a time, which needs no bound. Its response comes before an answer whose place is
    /// kept: that may take as long as it likes, and the client hears of the one and not of the other.
    /// </summary>
    public void AwaitOwn(MessageLayout response, int correlationId)
    {
        var own = new Awaited(response, correlationId, null) { IsOwn = true };
        if (_count == 0 || !Last.IsKept)
        {
            Add(own);
            return;
        }

        Last = own;
        Add(default);
    }

    /// <summary>False when too much waits already.</summary>
    public bool TryAwait(MessageLayout response, int correlationId, byte[]? denied) => TryAdd(new Awaited(response, correlationId, denied));

    /// <summary>The gateway's own answer to the request just read: now, or in its turn. False when too much waits already.</summary>
    public bool TryAnswer(byte[] frame, IBufferWriter<byte> toClient)
    {
        if (_count == 0)
        {
            toClient.Write(frame);
            return true;
        }

        return TryAdd(new Awaited(null, 0, frame));
    }

    /// <summary>Keeps the place of an answer of the gateway's own that is not known yet; false when too many wait already.</summary>
    public bool TryReserve() => TryAdd(default);

    /// <summary>The answer whose place was kept is known: it goes out, now or in its turn.</summary>
    /// <param name="frame">The answer.</param>
    /// <param name="isSecret">Whether it is for the client's eyes alone, and in no recording.</param>
    /// <param name="toClient">Where it goes.</param>
    public void Fill(byte[] frame, bool isSecret, IBufferWriter<byte> toClient)
    {
        for (var i = 0; i < _count; i++)
        {
            ref var place = ref _ring[(_first + i) % _ring.Length];
            if (!place.IsKept) continue;
            place = new Awaited(null, 0, frame) { IsSecret = isSecret };
            _ownBytes += frame.Length;
            break;
        }

        WriteAnswers(toClient);
    }

    /// <summary>The response that was awaited first has come.</summary>
    public void Came() => Drop();

    /// <summary>Whether the next thing that the client is due is an answer of the gateway's own.</summary>
    public bool HasAnswer => _count > 0 && _ring[_first] is { Response: null, Own: not null };

    /// <summary>Writes the gateway's own answers whose turn it is.</summary>
    public void WriteAnswers(IBufferWriter<byte> toClient)
    {
        while (HasAnswer)
        {
            var (answer, isSecret) = (_ring[_first].Own!, _ring[_first].IsSecret);
            Drop();
            if (isSecret && toClient is IUnrecordedWriter unrecorded) unrecorded.WriteUnrecorded(answer);
            else toClient.Write(answer);
        }
    }

    ref Awaited Last => ref _ring[(_first + _count - 1) % _ring.Length];

    bool TryAdd(Awaited awaited)
    {
        var ownBytes = awaited.Own?.Length ?? 0;
        if (_count >= limits.KafkaInFlight || ownBytes > 0 && _ownBytes + ownBytes > limits.KafkaAnswers) return false;
        Add(awaited);
        return true;
    }

    void Add(Awaited awaited)
    {
        if (_count == _ring.Length)
        {
            var larger = new Awaited[Math.Max(First, 2 * _count)];
            for (var i = 0; i < _count; i++) larger[i] = _ring[(_first + i) % _count];
            (_ring, _first) = (larger, 0);
        }

        _ring[(_first + _count++) % _ring.Length] = awaited;
        _ownBytes += awaited.Own?.Length ?? 0;
    }

    void Drop()
    {
        _ownBytes -= _ring[_first].Own?.Length ?? 0;
        _ring[_first] = default;
        _first = (_first + 1) % _ring.Length;
        _count--;
    }

    /// <summary>
    /// A response of the upstream's, with what has to be put into it, or an answer of the gateway's own; or neither: the place of one that
    /// is not known yet.
    /// </summary>
    readonly record struct Awaited(MessageLayout? Response, int CorrelationId, byte[]? Own)
    {
        /// <summary>The response is to a request of the gateway's own.</summary>
        public bool IsOwn { get; init; }

        /// <summary>It is in no recording.</summary>
        public bool IsSecret { get; init; }

        /// <summary>The place of an answer that is not known yet.</summary>
        public bool IsKept => Response is null && Own is null;
    }
}

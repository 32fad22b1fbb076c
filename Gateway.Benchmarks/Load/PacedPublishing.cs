using System.Diagnostics;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// Publishes at a steady rate, by each connection in turn, however long answers take: what is due while its connection waits for an answer is sent after
/// that, and its time counts from when it was due. A relay that stalls so answers for everything that would have been said meanwhile.
/// </summary>
sealed class PacedPublishing(LoadLoop loop, IReadOnlyList<TlsConnection> connections, IReadOnlyList<byte[]> messages, int reply, byte[] scratch)
{
    readonly Queue<long>[] _due = [.. connections.Select(_ => new Queue<long>())];
    readonly List<double> _micros = [];

    /// <summary>Microseconds from when each was due until it was confirmed, in ascending order.</summary>
    public double[] Micros => [.. _micros.Order()];

    /// <summary>Publishes <paramref name="count"/> messages, <paramref name="perSecond"/> of them a second.</summary>
    public void Run(int count, double perSecond, TimeSpan limit)
    {
        var (began, apart) = (Stopwatch.GetTimestamp(), Stopwatch.Frequency / perSecond);
        for (var offered = 0; _micros.Count < count;)
        {
            for (; offered < count && DueAt(offered) <= Stopwatch.GetTimestamp(); offered++) Offer(offered % connections.Count, DueAt(offered));
            loop.GoOn(offered < count ? Until(DueAt(offered)) : limit, Done);
            if (Stopwatch.GetElapsedTime(began) > limit) throw new TimeoutException($"{count - _micros.Count} messages were not confirmed after {limit.TotalSeconds:F0} s.");
        }

        long DueAt(int number) => began + (long)(number * apart);
    }

    static TimeSpan Until(long at) => Stopwatch.GetTimestamp() is var now && now < at ? Stopwatch.GetElapsedTime(now, at) : TimeSpan.Zero;

    void Offer(int place, long dueAt)
    {
        _due[place].Enqueue(dueAt);
        if (_due[place].Count == 1) Say(place);
    }

    void Say(int place) =>
        loop.Begin(new Publication(connections[place], place, messages[_micros.Count % messages.Count], reply, scratch), Done);

    void Done(LoadTask task)
    {
        var place = ((Publication)task).Place;
        _micros.Add(Stopwatch.GetElapsedTime(_due[place].Dequeue()).TotalMicroseconds);
        if (_due[place].Count > 0) Say(place);
    }

    sealed class Publication(TlsConnection connection, int place, byte[] message, long reply, byte[] scratch) : LoadTask(connection)
    {
        int _sent;
        long _owed = reply;

        public int Place => place;

        protected override bool Talk() => Send(message, ref _sent) && Receive(ref _owed, scratch);
    }
}

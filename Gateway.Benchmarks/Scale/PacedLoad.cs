using System.Diagnostics;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Scale;

/// <summary>Has every connection say a message once a second, one after the other, evenly over the second. A connection that is late leaves one out.</summary>
sealed class PacedLoad(LoadLoop loop, IReadOnlyList<TlsConnection> connections, Workbench bench)
{
    static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(1);

    readonly bool[] _busy = new bool[connections.Count];
    readonly Dictionary<int, int> _places = connections.Select((c, i) => (c.Descriptor, i)).ToDictionary();
    readonly List<double> _times = [];

    /// <summary>Seconds that each message took there and back.</summary>
    public IReadOnlyList<double> Times => _times;

    public int Late { get; private set; }

    public void Run(TimeSpan time)
    {
        var began = Stopwatch.GetTimestamp();
        for (long said = 0; Stopwatch.GetElapsedTime(began) < time;)
        {
            var due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * connections.Count);
            for (; said < due; said++) Say((int)(said % connections.Count));
            loop.GoOn(s_wait, Done);
        }

        var over = Stopwatch.GetTimestamp();
        while (_busy.Contains(true))
        {
            loop.GoOn(s_wait, Done);
            if (Stopwatch.GetElapsedTime(over) > Workbench.CellLimit) throw new TimeoutException("Messages were not answered.");
        }
    }

    void Say(int place)
    {
        if (_busy[place])
        {
            Late++;
            return;
        }

        _busy[place] = true;
        loop.Begin(new PingPong(connections[place], bench.Raw, 1, bench.Scratch), Done);
    }

    void Done(LoadTask task)
    {
        _busy[_places[task.Connection.Descriptor]] = false;
        _times.Add((double)((PingPong)task).Times[0] / Stopwatch.Frequency);
    }
}

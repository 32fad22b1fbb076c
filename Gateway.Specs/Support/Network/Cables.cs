using System.Collections.Concurrent;
using System.Diagnostics;

namespace Gateway.Specs.Support.Network;

/// <summary>
/// Carries packets between hosts, late or not at all where it is told so, each way by itself, without a word to the sender: what tc and nftables would do, on
/// machines whose kernel has neither.
/// </summary>
sealed class Cables : IDisposable
{
    const int LongestPacket = 64 * 1024;

    readonly TunDevice[] _devices;
    readonly bool[,] _cut;
    readonly BlockingCollection<(long Due, int To, byte[] Packet)> _underway = new(10_000);
    long _delay;
    readonly ManualResetEventSlim _over = new();
    volatile bool _isOver;

    /// <param name="devices">Of the hosts 10.77.0.1, 10.77.0.2, and so on.</param>
    public Cables(IEnumerable<TunDevice> devices)
    {
        _devices = [.. devices];
        _cut = new bool[_devices.Length, _devices.Length];
        for (var i = 0; i < _devices.Length; i++) Run(Carry, i);
        Run(_ => Deliver(), 0);
    }

    /// <summary>So long each packet takes, one way.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delay));
        set => Interlocked.Exchange(ref _delay, value.Ticks);
    }

    /// <summary>Whether packets of the one to the other are lost.</summary>
    public void Cut(int from, int to, bool cut = true) => Volatile.Write(ref _cut[from, to], cut);

    /// <summary>All arrive again.</summary>
    public void Heal()
    {
        Delay = TimeSpan.Zero;
        for (var from = 0; from < _devices.Length; from++)
        {
            for (var to = 0; to < _devices.Length; to++) Cut(from, to, false);
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _over.Set();
        _underway.CompleteAdding();
    }

    void Carry(int from)
    {
        var packet = new byte[LongestPacket];
        while (!_isOver)
        {
            var length = _devices[from].Read(packet);
            if (length == 0) return;
            // IPv4 (RFC 791, 3.1): the last byte of the destination's address is the host's number.
            if (length < 20 || packet[0] >> 4 != 4) continue;
            var to = packet[19] - 1;
            if (to < 0 || to >= _devices.Length || Volatile.Read(ref _cut[from, to])) continue;
            if (!_isOver) _underway.Add((Stopwatch.GetTimestamp() + (long)(Delay.TotalSeconds * Stopwatch.Frequency), to, packet[..length]));
        }
    }

    void Deliver()
    {
        foreach (var (due, to, packet) in _underway.GetConsumingEnumerable())
        {
            var early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
            if (early > TimeSpan.Zero && _over.Wait(early)) return;
            _devices[to].Write(packet);
        }
    }

    void Run(Action<int> carry, int of) => new Thread(() =>
    {
        try
        {
            carry(of);
        }
        catch (Exception) when (_isOver)
        {
            // The spec is over.
        }
    })
    { IsBackground = true }.Start();
}

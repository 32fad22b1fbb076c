using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Security;

namespace Gateway.Specs.Soaks;

/// <summary>Sends a piece every 20 ms and waits until it came back, until its session ends.</summary>
sealed class ChaosClient : IAsyncDisposable
{
    // What it took for the session to be open.
    const int Greeting = 5;

    static readonly byte[] s_piece = new byte[1024];

    readonly SslStream _stream;
    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<TimeSpan> _took = new();
    readonly Task _sending;
    long _sent = Greeting;

    public ChaosClient(string session, SslStream stream)
    {
        (Session, _stream) = (session, stream);
        _sending = SendAsync();
    }

    /// <summary>The id of its session.</summary>
    public string Session { get; }

    /// <summary>Bytes that came back, and so were forwarded.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>How long each piece took there and back since this was last asked.</summary>
    public IReadOnlyList<TimeSpan> Took()
    {
        var took = new List<TimeSpan>();
        while (_took.TryDequeue(out var time)) took.Add(time);
        return took;
    }

    public bool HasEnded => _sending.IsCompleted;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        await _stream.DisposeAsync();
        _stop.Dispose();
    }

    async Task SendAsync()
    {
        var back = new byte[s_piece.Length];
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var began = Stopwatch.GetTimestamp();
                await _stream.WriteAsync(s_piece, _stop.Token);
                await _stream.ReadExactlyAsync(back, _stop.Token);
                _took.Enqueue(Stopwatch.GetElapsedTime(began));
                Interlocked.Add(ref _sent, s_piece.Length);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The session is over, or the soak is.
        }
    }
}

using System.Diagnostics;
using System.Net.Security;

namespace Gateway.Specs.Soaks;

/// <summary>A client in the midst of its session that either sends all it can and reads nothing of what comes back, or sends a byte a second.</summary>
sealed class StalledClient : IAsyncDisposable
{
    // What is not taken for so long waits for somebody.
    static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(2);

    readonly SslStream _stream;
    readonly CancellationTokenSource _stop = new();
    readonly Task _sending;
    long _began = Stopwatch.GetTimestamp();

    public StalledClient(SslStream stream, bool floods)
    {
        _stream = stream;
        _sending = floods ? FloodAsync() : DribbleAsync();
    }

    /// <summary>Nobody takes what it sends any more.</summary>
    public bool IsStuck => Stopwatch.GetElapsedTime(Interlocked.Read(ref _began)) > s_stuck;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        await _stream.DisposeAsync();
        _stop.Dispose();
    }

    async Task FloodAsync()
    {
        var piece = new byte[16 * 1024];
        try
        {
            while (true)
            {
                Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());
                await _stream.WriteAsync(piece, _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The session is over, or the soak is.
        }
    }

    async Task DribbleAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                Interlocked.Exchange(ref _began, Stopwatch.GetTimestamp());
                await _stream.WriteAsync(new byte[1], _stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The session is over, or the soak is.
        }
    }
}

using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography;
using Gateway.Cli.Connect;
using Gateway.Protocols.Redriving;

namespace Gateway.Cli.Redriving;

/// <summary>
/// The line to the gateway over which something is said again. Speaking and hearing take turns with the one <see cref="Redrive"/>; every wait has a
/// deadline. What breaks it is an <see cref="IOException"/>, what takes too long a <see cref="TimeoutException"/>.
/// </summary>
sealed class RedriveLine(Redrive redrive, GatewayDialer dialer, TimeProvider time) : IDisposable
{
    /// <summary>The longest anything may take that somebody waits for: dialling, the login, an acknowledgement.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    const int Buffer = 64 * 1024;

    readonly CancellationTokenSource _over = new();
    readonly SemaphoreSlim _turn = new(1);
    readonly ArrayBufferWriter<byte> _words = new();
    SslStream? _gateway;
    Task _hearing = Task.CompletedTask;
    TaskCompletionSource _heard = New();
    string? _closed;

    public bool IsOpen => _gateway is not null;

    /// <summary>Dials and logs in.</summary>
    public async Task OpenAsync(Func<CancellationToken, Task<string?>> token, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(s_patience);
        try
        {
            var own = await token(late.Token);
            _gateway = await dialer.DialAsync(late.Token);
            var name = $"redrive-{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
            await WriteAsync(target => redrive.LogIn(own, name, target), late.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"{dialer.Host}:{dialer.Port} did not answer within {s_patience.TotalSeconds:0} s", e);
        }

        _hearing = HearAsync(_gateway);
        await UntilAsync(() => redrive.IsReady, "the login was not answered", cancel);
    }

    public async Task WriteAsync(Action<IBufferWriter<byte>> words, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            _words.ResetWrittenCount();
            words(_words);
            if (_words.WrittenCount > 0) await _gateway!.WriteAsync(_words.WrittenMemory, cancel).AsTask().WaitAsync(s_patience, time, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task InTurnAsync(Action action, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            action();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until it holds; asks whenever something was heard.</summary>
    public async Task UntilAsync(Func<bool> condition, string problem, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var heard = Volatile.Read(ref _heard).Task;
            var holds = false;
            await InTurnAsync(() => holds = condition(), cancel);
            if (holds) return;
            ThrowIfOver();
            var left = s_patience - time.GetElapsedTime(since);
            if (left <= TimeSpan.Zero) throw new TimeoutException($"{problem} within {s_patience.TotalSeconds:0} s");
            try
            {
                await heard.WaitAsync(left, time, cancel);
            }
            catch (TimeoutException)
            {
                // Said above, unless it holds by now.
            }
        }
    }

    public void ThrowIfOver()
    {
        if ((redrive.Ended ?? _closed) is { } why) throw new IOException(why);
    }

    public async Task LeaveAsync(CancellationToken cancel)
    {
        await WriteAsync(redrive.Leave, cancel);
        await _gateway!.ShutdownAsync().WaitAsync(s_patience, time, cancel);
        // What was said last is with the gateway once it closes too.
        await _hearing.WaitAsync(s_patience, time, cancel);
    }

    public async Task CloseAsync()
    {
        await _over.CancelAsync();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _hearing;
    }

    public void Dispose()
    {
        _over.Dispose();
        _turn.Dispose();
        _gateway?.Dispose();
    }

    // What the upstream says is heard all the time, also what nobody waits for.
    async Task HearAsync(SslStream gateway)
    {
        var buffer = new byte[Buffer];
        try
        {
            int count;
            while ((count = await gateway.ReadAsync(buffer, _over.Token)) > 0)
            {
                await WriteAsync(target => redrive.Receive(buffer.AsSpan(0, count), target), _over.Token);
                Wake();
            }

            _closed = "the gateway closed the connection";
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or TimeoutException)
        {
            _closed = $"the connection broke ({e.GetBaseException().Message})";
        }

        Wake();
    }

    void Wake() => Interlocked.Exchange(ref _heard, New()).TrySetResult();

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using System.Buffers;
using System.Globalization;
using System.Security.Authentication;
using Gateway.Actors.Replay;
using Gateway.Cli.Connect;
using Gateway.Protocols;
using Gateway.Protocols.Redriving;

namespace Gateway.Cli.Redriving;

/// <summary>
/// Says what a recorded client said again, as a client of a connection: through the gateway, as oneself, judged and recorded like any session. The
/// upstream sees the gateway's own login, as ever. Returns an <see cref="ExitCode"/>.
/// </summary>
sealed class SessionRedriver(Redrive redrive, GatewayDialer dialer, CliOutput output, TimeProvider time) : IDisposable
{
    /// <summary>How often one shows that one is still there while nothing is due. Origin: half of the keep alive of the login.</summary>
    static readonly TimeSpan s_pulse = TimeSpan.FromSeconds(30);

    readonly RedriveLine _line = new(redrive, dialer, time);
    int _sent;
    long _bytes;

    /// <summary>Re-drives the pieces of the client's direction that lie in the window, with the token of whoever does.</summary>
    public async Task<int> RunAsync(
        IAsyncEnumerable<ReplayPiece> pieces, ReplayWindow window, ReplayPace pace, Func<CancellationToken, Task<string?>> token, CancellationToken cancel)
    {
        try
        {
            await SayAsync(pieces, window, pace, token, cancel);
            return Report();
        }
        catch (Exception e) when (e is IOException or AuthenticationException or TimeoutException or System.Net.Sockets.SocketException)
        {
            Report();
            throw new CommandException(ExitCode.Failed, $"the re-drive ended early: {Printable.Text(e.GetBaseException().Message)}", e);
        }
        finally
        {
            await _line.CloseAsync();
        }
    }

    public void Dispose() => _line.Dispose();

    async Task SayAsync(
        IAsyncEnumerable<ReplayPiece> pieces, ReplayWindow window, ReplayPace pace, Func<CancellationToken, Task<string?>> token, CancellationToken cancel)
    {
        var parts = new List<RedrivenPart>();
        var started = 0L;
        long? first = null;
        await foreach (var piece in pieces.WithCancellation(cancel))
        {
            if (window.IsPast(piece.At)) break;
            if (piece.Direction != Direction.ToUpstream) continue;
            parts.Clear();
            await _line.InTurnAsync(() => redrive.Read(piece.At, piece.Bytes.Span, parts), cancel);
            if (!_line.IsOpen && redrive.CanLogIn) await _line.OpenAsync(token, cancel);
            foreach (var part in parts.Where(part => !(part.At < window.From)))
            {
                if (first is null) (first, started) = (part.At, time.GetTimestamp());
                await PauseAsync(pace, part.At - first.Value, started, cancel);
                await _line.UntilAsync(() => redrive.Awaited < redrive.MostAwaited, "an acknowledgement did not come", cancel);
                await _line.WriteAsync(target => redrive.Write(part, target), cancel);
                _sent++;
                _bytes += part.PayloadBytes;
            }
        }

        if (!_line.IsOpen) throw new IOException("the recording holds no login, and so nothing that could be said again");
        await _line.UntilAsync(() => redrive.Awaited == 0, "an acknowledgement did not come", cancel);
        await _line.LeaveAsync(cancel);
    }

    async Task PauseAsync(ReplayPace pace, long after, long started, CancellationToken cancel)
    {
        while (pace.Wait(after, time.GetElapsedTime(started)) is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait < s_pulse ? wait : s_pulse, time, cancel);
            _line.ThrowIfOver();
            if (wait > s_pulse && !redrive.Pulse.IsEmpty) await _line.WriteAsync(target => target.Write(redrive.Pulse.Span), cancel);
        }
    }

    int Report()
    {
        var skipped = redrive.Skipped > 0 ? $", {redrive.Skipped} cannot be said again" : "";
        output.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{_sent} sent with {_bytes} bytes, {redrive.Awaited} without an answer, {redrive.Refused} refused{skipped}"));
        return redrive.Refused == 0 && redrive.Awaited == 0 ? ExitCode.Ok : ExitCode.Failed;
    }
}

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gateway.Cli.Connect;

/// <summary>
/// A port on loopback whose every connection is carried to the gateway over TLS, with the login completed on the way. Bounded: so many
/// connections at once, a deadline for each login, two fixed buffers each.
/// </summary>
sealed class LocalPort(GatewayDialer dialer, ILocalLogin? login, Func<CancellationToken, Task<string>> token, CliOutput output) : IDisposable
{
    /// <summary>One person's clients; more is a mistake.</summary>
    const int MostConnections = 128;

    const int Buffer = 64 * 1024;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    readonly SemaphoreSlim _free = new(MostConnections);

    /// <summary>Serves until <paramref name="cancel"/>, then ends every connection.</summary>
    public async Task ServeAsync(Socket listening, CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var running = new HashSet<Task>();
        try
        {
            while (true)
            {
                // Beyond the bound clients wait in the system's queue.
                await _free.WaitAsync(cancel);
                var client = await listening.AcceptAsync(cancel);
                running.RemoveWhere(task => task.IsCompleted);
                running.Add(CarryAsync(client, ending.Token));
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(running);
        }
    }

    public void Dispose() => _free.Dispose();

    async Task CarryAsync(Socket socket, CancellationToken ending)
    {
        try
        {
            socket.NoDelay = true;
            await using var client = new NetworkStream(socket, ownsSocket: true);
            await using var gateway = await OpenAsync(client, ending);
            using var broken = CancellationTokenSource.CreateLinkedTokenSource(ending);
            await Task.WhenAll(
                CopyAsync(client, gateway, () => gateway.ShutdownAsync(), broken),
                CopyAsync(gateway, client, () => Shut(socket), broken));
        }
        catch (LocalLoginException e)
        {
            output.Say($"gateway: a client was refused: {e.Message}");
        }
        catch (CommandException e)
        {
            output.Say($"gateway: {e.Message}");
        }
        catch (AuthenticationException e)
        {
            output.Say($"gateway: {dialer.Host}:{dialer.Port} is not proven by a trusted certificate ({Printable.Text(e.Message)})");
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            output.Say($"gateway: a connection was not open within {s_patience.TotalSeconds:0} s");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            output.Say($"gateway: a connection broke ({Printable.Text(e.GetBaseException().Message)})");
        }
        catch (OperationCanceledException)
        {
            // The command ends, and its connections with it.
        }
        finally
        {
            _free.Release();
        }
    }

    async Task<SslStream> OpenAsync(Stream client, CancellationToken ending)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ending);
        late.CancelAfter(s_patience);
        var fresh = login is null ? "" : await token(late.Token);
        var gateway = await dialer.DialAsync(late.Token);
        try
        {
            if (login is not null) await login.PassAsync(client, gateway, fresh, late.Token);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    // One side's end is passed on, and the other may still speak; a failure ends both.
    static async Task CopyAsync(Stream from, Stream to, Func<Task> end, CancellationTokenSource broken)
    {
        try
        {
            var buffer = new byte[Buffer];
            int count;
            while ((count = await from.ReadAsync(buffer, broken.Token)) > 0) await to.WriteAsync(buffer.AsMemory(0, count), broken.Token);
            await end();
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }

    static Task Shut(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}

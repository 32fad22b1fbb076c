using System.Diagnostics;
using System.Net;

namespace Gateway.Specs.Support;

/// <summary>Peers made of <c>openssl s_server</c> and <c>s_client</c>, which will do in TLS what no well-behaved library does.</summary>
static class OpenSslPeer
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>Connects, sends the payload if it gets that far, and returns all it was told, once the other side ended.</summary>
    public static async Task<string> ConnectAsync(IPEndPoint to, string payload, params string[] arguments)
    {
        var start = new ProcessStartInfo(Tool.Path("openssl"), ["s_client", "-connect", to.ToString(), "-ign_eof", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var late = new CancellationTokenSource(s_patience);
        await using var kill = late.Token.Register(process.Kill);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        try
        {
            await process.StandardInput.WriteAsync(payload);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read anything.
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return await output + await errors;
    }
}

/// <summary>An <c>openssl s_server</c> on loopback, with every byte of payload that reaches it.</summary>
sealed class OpenSslServer : IAsyncDisposable
{
    readonly Process _process;
    readonly MemoryStream _received = new();
    readonly Task _reading;

    OpenSslServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _reading = process.StandardOutput.BaseStream.CopyToAsync(_received);
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Starts it with a certificate (PEM files) and further arguments.</summary>
    public static async Task<OpenSslServer> StartAsync((string Certificate, string Key) own, params string[] arguments)
    {
        var port = FreePort.Next();
        string[] all = ["s_server", "-quiet", "-accept", $"127.0.0.1:{port}", "-cert", own.Certificate, "-key", own.Key, .. arguments];
        var start = new ProcessStartInfo(Tool.Path("openssl"), all) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var server = new OpenSslServer(Process.Start(start)!, port);
        await Eventually.TrueAsync(() => server._process.HasExited || FreePort.IsTaken(port));
        return server._process.HasExited ? throw new InvalidOperationException($"openssl {string.Join(' ', all)} ended at once") : server;
    }

    /// <summary>Ends it, and says what payload it had received.</summary>
    public async Task<string> ReceivedAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        return System.Text.Encoding.UTF8.GetString(_received.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        await ReceivedAsync();
        _process.Dispose();
    }
}

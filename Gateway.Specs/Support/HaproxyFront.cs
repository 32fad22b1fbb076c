using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;

namespace Gateway.Specs.Support;

/// <summary>A real haproxy that passes TCP on to a target, and tells it the client's address.</summary>
sealed class HaproxyFront : IAsyncDisposable
{
    readonly ConfigurationFolder _folder;
    readonly Process _process;

    HaproxyFront(ConfigurationFolder folder, Process process, int port) => (_folder, _process, Address) = (folder, process, new(IPAddress.Loopback, port));

    public IPEndPoint Address { get; }

    /// <param name="target">Where connections are passed on to.</param>
    /// <param name="send">How the client is told of: <c>send-proxy</c> or <c>send-proxy-v2</c>, or nothing.</param>
    public static async Task<HaproxyFront> StartAsync(IPEndPoint target, string send)
    {
        var port = FreePort.Next();
        var folder = new ConfigurationFolder();
        var file = folder.Write("haproxy.cfg", $"""
            defaults
              mode tcp
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            listen front
              bind 127.0.0.1:{port}
              server gateway {target} {send}

            """);
        var front = new HaproxyFront(folder, Process.Start(Tool.Path("haproxy"), ["-q", "-db", "-f", file]), port);
        await Eventually.TrueAsync(front.Answers);
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    // Seen in the system's table: a connection made to find out would be passed on.
    bool Answers() => _process.HasExited
        ? throw new InvalidOperationException($"haproxy ended with {_process.ExitCode}")
        : IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == Address.Port);
}

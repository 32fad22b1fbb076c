using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Gateway.Specs.Support.Network;

/// <summary>A network of its own within this machine (network_namespaces(7)), with nothing in it but a loopback. Root alone can make one.</summary>
sealed partial class NetworkNamespace : IAsyncDisposable
{
    const int NewNet = 0x40000000;

    NetworkNamespace(string name) => Name = name;

    /// <summary>As <c>ip netns</c> knows it.</summary>
    public string Name { get; }

    public static async Task<NetworkNamespace> CreateAsync(string name)
    {
        var space = new NetworkNamespace(name);
        await IpAsync("netns", "add", name);
        await space.SetAsync("link", "set", "lo", "up");
        return space;
    }

    /// <summary>Runs <c>ip</c> within it.</summary>
    public Task SetAsync(params string[] command) => IpAsync(["-n", Name, .. command]);

    /// <summary>What opens a socket or a device within it. A socket stays in the network that it was made in, whoever uses it.</summary>
    public T Within<T>(Func<T> open)
    {
        T? opened = default;
        Exception? fault = null;
        // The thread enters and never leaves: it is nobody else's.
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                opened = open();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        return fault is null ? opened! : throw new InvalidOperationException($"not within {Name}: {fault.Message}", fault);
    }

    public async ValueTask DisposeAsync() => await IpAsync("netns", "delete", Name);

    void Enter()
    {
        using var file = File.OpenHandle($"/run/netns/{Name}");
        if (SetNamespace(file, NewNet) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    static async Task IpAsync(params string[] command)
    {
        var run = await Tool.RunAsync("ip", command);
        Assert.True(run.ExitCode == 0, $"ip {string.Join(' ', command)}: {run.Output}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}

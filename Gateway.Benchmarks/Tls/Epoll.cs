using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.Tls;

/// <summary>Edge-triggered readiness of many sockets (epoll(7)): after an event, read and write until nothing more is possible.</summary>
sealed unsafe partial class Epoll : IDisposable
{
    const int MaxEvents = 256;
    const int Add = 1;
    const uint In = 0x001, Out = 0x004, PeerClosed = 0x2000, EdgeTriggered = 1u << 31;
    const int Interrupted = 4;

    // The kernel packs the event on x86-64 alone.
    static readonly int s_eventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    readonly int _descriptor = Create(0);
    readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);

    /// <summary>Watches a socket until it is closed.</summary>
    public void Watch(int socket)
    {
        var e = stackalloc byte[16];
        *(uint*)e = In | Out | PeerClosed | EdgeTriggered;
        *(int*)(e + s_dataOffset) = socket;
        if (Control(_descriptor, Add, socket, e) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits for events without an end, and puts the sockets they are of into <paramref name="ready"/>. Returns how many.</summary>
    public int Wait(Span<int> ready) => Wait(ready, null);

    /// <summary>The same for so long at most.</summary>
    public int Wait(Span<int> ready, TimeSpan most)
    {
        var (seconds, rest) = Math.DivRem(most.Ticks, TimeSpan.TicksPerSecond);
        var time = stackalloc long[] { seconds, rest * TimeSpan.NanosecondsPerTick };
        return Wait(ready, time);
    }

    int Wait(Span<int> ready, long* time)
    {
        fixed (byte* events = _events)
        {
            var count = WaitFor(_descriptor, events, Math.Min(ready.Length, MaxEvents), time, null);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted) throw new Win32Exception(Marshal.GetLastPInvokeError());
            for (var i = 0; i < count; i++) ready[i] = *(int*)(events + i * s_eventSize + s_dataOffset);
            return Math.Max(count, 0);
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(int epoll, int operation, int socket, byte* e);

    // Linux 5.11, glibc 2.35: the older one counts in milliseconds, in which a paced load would send everything that is due at once.
    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int WaitFor(int epoll, byte* events, int count, long* time, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

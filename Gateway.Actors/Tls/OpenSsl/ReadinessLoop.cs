using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Akka.Dispatch;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>
/// A thread that asks the system which sockets are ready, epoll(7), edge-triggered. .NET's own engine cannot wait for a socket to become
/// writable, and hands every completion to another thread, which costs a small message more than its encryption. One thread per
/// processor; sockets take turns.
/// </summary>
sealed unsafe class ReadinessLoop
{
    const int MaxEvents = 256;
    const int CloseOnExec = 0x80000;
    const int Register = 1;
    const int Delete = 2;
    const int Interrupted = 4;
    const uint EdgeTriggered = 1u << 31;
    const uint PeerClosed = 0x2000;

    /// <summary>EPOLLERR and EPOLLHUP, always reported: whatever is tried next meets the fault itself.</summary>
    const uint Faults = 0x8 | 0x10;

    /// <summary>struct epoll_event is packed on x86-64 only.</summary>
    static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    static readonly int s_eventSize = s_dataOffset + 8;
    static readonly ReadinessLoop[] s_loops =
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(index => new ReadinessLoop(index))];

    static uint s_turn;

    [ThreadStatic]
    static ReadinessLoop? t_current;

    /// <summary>What sockets have woken on this thread and is to run before sockets are asked again.</summary>
    readonly Queue<IRunnable> _next = new();

    readonly ConcurrentDictionary<long, SocketReadiness> _sockets = new();
    readonly int _epoll;
    long _lastId;

    ReadinessLoop(int index)
    {
        _epoll = LibC.epoll_create1(CloseOnExec);
        if (_epoll < 0) throw new Win32Exception();
        new Thread(Run) { IsBackground = true, Name = $"tls-readiness-{index}" }.Start();
    }

    /// <summary>The loop whose thread this is, if it is one's.</summary>
    public static ReadinessLoop? Current => t_current;

    public static ReadinessLoop Next() => s_loops[Interlocked.Increment(ref s_turn) % (uint)s_loops.Length];

    /// <summary>The number by which the system will tell of the socket. What it is ready for already is told at once.</summary>
    public long Add(SocketReadiness readiness, SafeSocketHandle socket)
    {
        var id = Interlocked.Increment(ref _lastId);
        _sockets[id] = readiness;
        Span<byte> wish = stackalloc byte[s_eventSize];
        BinaryPrimitives.WriteUInt32LittleEndian(wish, (uint)(Readiness.Read | Readiness.Write) | PeerClosed | EdgeTriggered);
        BinaryPrimitives.WriteInt64LittleEndian(wish[s_dataOffset..], id);
        fixed (byte* start = wish)
        {
            if (LibC.epoll_ctl(_epoll, Register, socket, start) == 0) return id;
        }

        var fault = new Win32Exception();
        _sockets.TryRemove(id, out _);
        throw new IOException("The socket cannot be waited for.", fault);
    }

    /// <summary>A socket that is closed has left by itself.</summary>
    public void Remove(long id, SafeSocketHandle socket)
    {
        if (!_sockets.TryRemove(id, out _) || socket.IsClosed) return;
        Span<byte> ignored = stackalloc byte[16];
        try
        {
            fixed (byte* start = ignored) _ = LibC.epoll_ctl(_epoll, Delete, socket, start);
        }
        catch (ObjectDisposedException)
        {
            // It was closed just now.
        }
    }

    /// <summary>To be called on the loop's own thread: runs once whatever is running now has ended. Must neither block nor throw.</summary>
    public void RunNext(IRunnable run) => _next.Enqueue(run);

    void Run()
    {
        t_current = this;
        var events = (byte*)NativeMemory.Alloc(MaxEvents, (nuint)s_eventSize);
        while (true)
        {
            var count = LibC.epoll_wait(_epoll, events, MaxEvents, _next.Count > 0 ? 0 : -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted) throw new Win32Exception();
            for (var i = 0; i < count; i++) Tell(new ReadOnlySpan<byte>(events + i * s_eventSize, s_eventSize));
            // Only what waits now: a busy session schedules itself again, and other sockets come in between.
            for (var i = _next.Count; i > 0; i--) _next.Dequeue().Run();
        }
    }

    void Tell(ReadOnlySpan<byte> told)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(told);
        if (!_sockets.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(told[s_dataOffset..]), out var readiness)) return;
        var ready = (Readiness)flags & (Readiness.Read | Readiness.Write);
        if ((flags & Faults) != 0) ready |= Readiness.Read | Readiness.Write;
        var end = (flags & PeerClosed) != 0 ? Readiness.Read : Readiness.None;
        readiness.Signal(ready | end, forGood: end);
    }
}

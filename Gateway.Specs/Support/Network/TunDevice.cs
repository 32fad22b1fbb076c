using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Specs.Support.Network;

/// <summary>The end of a host's only cable: a TUN device in its namespace, whose packets come and go here. linux/Documentation/networking/tuntap.rst</summary>
sealed partial class TunDevice : IDisposable
{
    public const string Name = "wan0";
    public const string File = "/dev/net/tun";

    const uint SetInterface = 0x400454ca;
    const ushort TunWithoutHeader = 0x1001;

    readonly SafeFileHandle _handle;

    TunDevice(SafeFileHandle handle) => _handle = handle;

    /// <summary>Makes the device in the namespace of the calling thread.</summary>
    public static TunDevice Open()
    {
        var handle = System.IO.File.OpenHandle(File, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // struct ifreq: a name of 16 bytes, then the flags.
        Span<byte> request = stackalloc byte[40];
        Encoding.ASCII.GetBytes(Name, request);
        MemoryMarshal.Write(request[16..], TunWithoutHeader);
        if (Control(handle, SetInterface, ref MemoryMarshal.GetReference(request)) == 0) return new TunDevice(handle);
        var fault = new Win32Exception(Marshal.GetLastPInvokeError());
        handle.Dispose();
        throw fault;
    }

    /// <summary>Waits for a packet of the host. 0 when the device is gone.</summary>
    public int Read(Span<byte> packet) => (int)Math.Max(0, Read(_handle, ref MemoryMarshal.GetReference(packet), packet.Length));

    /// <summary>Gives the host a packet. One that it does not take is lost, as on any cable.</summary>
    public void Write(ReadOnlySpan<byte> packet) => _ = Write(_handle, ref MemoryMarshal.GetReference(packet), packet.Length);

    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, ref byte argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, ref byte bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ref byte bytes, nint count);
}

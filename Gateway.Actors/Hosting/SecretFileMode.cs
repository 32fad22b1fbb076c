using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Whose eyes a file is for. Its owner's alone; or, where the superuser owns it and this process is somebody else, its group's too, for reading: so
/// Kubernetes and Docker mount secrets, and the process could not read them otherwise. PostgreSQL has the same rule for its keys.
/// </summary>
static partial class SecretFileMode
{
    const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    const UnixFileMode AnybodyElse = Others | UnixFileMode.GroupRead;

    /// <summary>The file, or what a symbolic link leads to. It must exist.</summary>
    public static bool IsSecret(string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        var mode = File.GetUnixFileMode(path);
        return (mode & AnybodyElse) == 0 || ((mode & Others) == 0 && !Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && IsSuperusers(path));
    }

    // .NET does not tell who owns a file. Where the C library has no statx (before glibc 2.28), nobody but the owner may read.
    [SupportedOSPlatform("linux")]
    static bool IsSuperusers(string path)
    {
        const int workingDirectory = -100;
        const uint ownerWanted = 0x8;
        try
        {
            return Statx(workingDirectory, path, 0, ownerWanted, out var facts) == 0 && (facts.Mask & ownerWanted) != 0 && facts.Owner == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint wanted, out Facts facts);

    // struct statx of linux/stat.h, the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    readonly struct Facts
    {
        [FieldOffset(0)]
        public readonly uint Mask;

        [FieldOffset(20)]
        public readonly uint Owner;
    }
}

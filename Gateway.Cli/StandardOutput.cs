using Microsoft.Win32.SafeHandles;

namespace Gateway.Cli;

/// <summary>
/// The process's standard output as a stream. The console's own swallows the error of a reader that has left (<c>| head</c>), and a
/// command would go on reading a recording for nobody.
/// </summary>
static class StandardOutput
{
    const int Descriptor = 1;

    // EPIPE, and Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    static readonly int[] s_brokenPipe = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    public static Stream Open() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : OpenPipe() ?? Console.OpenStandardOutput();

    public static bool IsBrokenPipe(Exception e) => e is IOException && s_brokenPipe.Contains(e.HResult);

    // A file stream writes to a file where it believes itself to be, over what others append in between; to a pipe it just writes.
    static FileStream? OpenPipe()
    {
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? null : stream;
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gateway.Build;

/// <summary>Runs programs from the repository's root, on this console, showing each command line first.</summary>
static class Shell
{
    /// <summary>The directory of Gateway.sln, wherever the door was opened from.</summary>
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>Runs <c>dotnet</c> and returns its exit code.</summary>
    public static Task<int> Dotnet(CancellationToken cancel, params IEnumerable<string> arguments) =>
        Run(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments, cancel);

    public static async Task<int> Run(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Root };
        // `dotnet run` tells its child how it was built; another dotnet command must not inherit that.
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment["DOTNET_NOLOGO"] = "1";
        Console.Error.WriteLine($"> {Path.GetFileNameWithoutExtension(program)} {string.Join(' ', start.ArgumentList)}");
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var terminated = cancel.Register(() => Terminate(process.Id));
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    // Ctrl-C has reached the child already, but a SIGTERM was meant for this process alone: pass it on.
    static void Terminate(int process)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) Process.Start("kill", ["-TERM", $"{process}"]).Dispose();
    }

    static string FindRoot(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Gateway.sln"))) return directory.FullName;
        }

        throw new InvalidOperationException($"no Gateway.sln above {start}");
    }
}

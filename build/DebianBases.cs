namespace Gateway.Build;

/// <summary>
/// Bases for the images where no registry of images is reached: Debian's packages of what Microsoft's have (a runtime without a shell, with OpenSSL, the
/// world's authorities and time zones; a builder with a shell), and .NET as it is on this machine. To try things with; what is shipped stands on the real ones.
/// </summary>
static class DebianBases
{
    static readonly string[] s_runtime = ["base-files", "libc6", "libgcc-s1", "libstdc++6", "libssl3", "ca-certificates", "tzdata"];

    static readonly string[] s_sdk =
    [
        .. s_runtime, "dash", "coreutils", "libacl1", "libattr1", "libgmp10", "libselinux1", "libpcre2-8-0", "libicu72", "zlib1g",
    ];

    // Of .NET, what the runtime's image has.
    static readonly string[] s_shared = ["dotnet", "host", "shared"];

    /// <summary>Builds both, and returns them as the Dockerfile's arguments.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> MakeAsync(string builder, CancellationToken cancel)
    {
        await MakeAsync(builder, "sdk", s_sdk, ["."], cancel);
        await MakeAsync(builder, "runtime", s_runtime, s_shared, cancel);
        return new Dictionary<string, string> { ["SDK"] = Name("sdk"), ["RUNTIME"] = Name("runtime") };
    }

    static string Name(string kind) => $"localhost/gateway-base-{kind}";

    static async Task MakeAsync(string builder, string kind, string[] packages, string[] dotnet, CancellationToken cancel)
    {
        var folder = Path.Combine(Shell.Root, "artifacts", "images", kind);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        await MustAsync("sh", [Path.Combine(Shell.Root, "deploy/images/debian-base.sh"), folder, string.Join(' ', dotnet), .. packages], cancel);
        await MustAsync(builder, ["build", "-f", "deploy/images/debian-base.Dockerfile", "-t", Name(kind), folder], cancel);
        Directory.Delete(folder, recursive: true);
    }

    static async Task MustAsync(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        var code = await Shell.Run(program, arguments, cancel);
        if (code != 0) throw new InvalidOperationException($"{program} ended with {code}: no bases of our own");
    }
}

using System.Runtime.InteropServices;

namespace Gateway.Build;

/// <summary>The real servers and clients that specs and benchmarks drive, and the Debian package of each.</summary>
static class DebianPackages
{
    /// <summary>Program, its package, and whether it is there.</summary>
    public static readonly IReadOnlyList<Needed> ForSpecs =
    [
        new("mosquitto", "mosquitto"),
        new("mosquitto_pub", "mosquitto-clients"),
        new("postgres", "postgresql"),
        new("ffmpeg", "ffmpeg"),
        new("openssl", "openssl"),
        new("ip", "iproute2"),
        new("pebble", "pebble"),
        new("softhsm2-util", "softhsm2"),
        new("sslscan", "sslscan"),
        new("curl", "curl"),
        new("python3", "python3"),
        new("node", "nodejs"),
        new("npm", "npm"),
        new("tshark", "tshark"),
        new("kcat", "kcat"),
        new("python3-kafka", "python3-kafka", "/usr/share/doc/python3-kafka/copyright"),
        new("python3-lz4", "python3-lz4", "/usr/share/doc/python3-lz4/copyright"),
        new("python3-snappy", "python3-snappy", "/usr/share/doc/python3-snappy/copyright"),
        new("haproxy", "haproxy"),
        new("promtool", "prometheus"),
        new("docker-compose", "docker-compose"),
        new("rsyslogd", "rsyslog"),
        new("rsyslogd", "rsyslog-gnutls", "/usr/share/doc/rsyslog-gnutls/copyright"),
        new("libfaketime", "libfaketime", "/usr/share/doc/libfaketime/copyright"),
    ];

    public static readonly IReadOnlyList<Needed> ForAudits =
    [
        new("sslscan", "sslscan"),
        new("testssl", "testssl.sh"),
    ];

    public static readonly IReadOnlyList<Needed> ForBenchmarks =
    [
        new("nginx", "nginx"),
        new("nginx", "libnginx-mod-stream", "/usr/lib/nginx/modules/ngx_stream_module.so"),
        new("haproxy", "haproxy"),
        new("postgres", "postgresql"),
    ];

    /// <summary>Installs what is missing, as root on a Debian-like system; elsewhere says what is missing. Never fails: the specs themselves say so.</summary>
    public static async Task Provide(IReadOnlyList<Needed> needed, string whatIsLeftOut, CancellationToken cancel)
    {
        var missing = needed.Where(n => !n.IsThere()).ToArray();
        if (missing.Length == 0) return;
        if (Environment.IsPrivilegedProcess && OperatingSystem.IsLinux() && File.Exists("/usr/bin/apt-get")) await Install(missing, cancel);
        foreach (var absent in missing.Where(n => !n.IsThere()))
            Console.WriteLine($"{absent.Program} is not installed ({Remedy(absent)}): {whatIsLeftOut}.");
    }

    static async Task Install(IReadOnlyList<Needed> missing, CancellationToken cancel)
    {
        Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
        await Shell.Run("apt-get", ["update", "-qq"], cancel);
        await Shell.Run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", .. missing.Select(m => m.Package).Distinct()], cancel);
    }

    static string Remedy(Needed needed) =>
        RuntimeInformation.IsOSPlatform(OSPlatform.Linux) ? $"apt-get install {needed.Package}" : $"the package is called {needed.Package} on Debian";
}

/// <summary>A program and the package that brings it; <paramref name="File"/> where the package brings no program of its own.</summary>
sealed record Needed(string Program, string Package, string? File = null)
{
    public bool IsThere() => File is null ? Directories().Any(d => System.IO.File.Exists(Path.Combine(d, Executable))) : System.IO.File.Exists(File);

    string Executable => OperatingSystem.IsWindows() ? Program + ".exe" : Program;

    // Daemons live in sbin, which is not on everybody's PATH; Debian keeps PostgreSQL's programs in a directory per version.
    static IEnumerable<string> Directories() =>
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        "/usr/sbin", "/usr/local/sbin",
        .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")) : [],
    ];
}

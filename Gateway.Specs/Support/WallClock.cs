namespace Gateway.Specs.Support;

/// <summary>
/// The time of day that a process of its own sees (libfaketime), set while the process runs. As when a real clock is set, its monotonic clock and the times
/// of files stay those of the machine. For one process of a time.
/// </summary>
sealed class WallClock : IDisposable
{
    /// <summary>The package that a spec requires.</summary>
    public const string Package = "libfaketime";

    // Below the directory of the machine's architecture.
    const string Library = "faketime/libfaketimeMT.so.1";

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-clock");

    public WallClock() => Set(TimeSpan.Zero);

    /// <summary>What the process is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Directory.GetDirectories("/usr/lib").Select(directory => Path.Combine(directory, Library)).First(File.Exists),
        ["FAKETIME_TIMESTAMP_FILE"] = Offset,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // With it waits that are counted by the monotonic clock are over at once, which is what .NET's are counted by.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["NO_FAKE_STAT"] = "1",
    };

    string Offset => Path.Combine(_directory.FullName, "offset");

    /// <summary>From now on the process sees the machine's time and so much more, or less.</summary>
    public void Set(TimeSpan ahead)
    {
        // It is read while it is written.
        var next = Path.Combine(_directory.FullName, "next");
        File.WriteAllText(next, FormattableString.Invariant($"{ahead.TotalSeconds:+0;-0;+0}\n"));
        File.Move(next, Offset, overwrite: true);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}

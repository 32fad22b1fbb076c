using Gateway.Actors.Hosting;

namespace Gateway.Cli.Login;

/// <summary>
/// <c>$XDG_CONFIG_HOME/gateway</c> (XDG Base Directory Specification), a directory of mode 0700 with files of mode 0600. What others could
/// read or change is refused, not repaired: nobody knows who has read it.
/// </summary>
public sealed class PrivateDirectory
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Bytes; a store of a thousand logins is below it.</summary>
    const long LargestFile = 4 * 1024 * 1024;

    PrivateDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Null where there is no home to have it in.</summary>
    public static PrivateDirectory? Of(Func<string, string?> variables)
    {
        if (Base(variables) is not { } home) return null;
        return new(System.IO.Path.Combine(home, "gateway"));
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>The file's text; null when there is none. Throws <see cref="CommandException"/> when others may read it.</summary>
    public string? Read(string name)
    {
        var file = PathOf(name);
        if (!File.Exists(file)) return null;
        Check(Path, "700");
        Check(file, "600");
        return ConfiguredFiles.Text(file, LargestFile) ?? throw new CommandException(ExitCode.Failed, $"{Shown(file)} is too large to be read; move it away");
    }

    /// <summary>Replaces the file as a whole; a reader sees the old one or the new one.</summary>
    public void Write(string name, string text)
    {
        Make();
        var draft = PathOf($"{name}.{Guid.NewGuid():N}");
        using (var writer = new StreamWriter(draft, Options(FileMode.CreateNew))) writer.Write(text);
        File.Move(draft, PathOf(name), overwrite: true);
    }

    public void Delete(string name)
    {
        if (File.Exists(PathOf(name))) File.Delete(PathOf(name));
    }

    /// <summary>Keeps other commands of this user out until it is disposed of.</summary>
    public async Task<IDisposable> LockAsync(string name, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        Make();
        using var late = new CancellationTokenSource(patience, time);
        while (true)
        {
            try
            {
                var options = Options(FileMode.OpenOrCreate);
                options.Share = FileShare.None;
                return new FileStream(PathOf(name), options);
            }
            catch (IOException e) when (!Directory.Exists(PathOf(name)))
            {
                if (late.IsCancellationRequested)
                    throw new CommandException(ExitCode.Failed, $"another command holds {Shown(PathOf(name))}; wait for it, or end it", e);
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancel);
            }
        }
    }

    static string? Base(Func<string, string?> variables)
    {
        // A relative path is to be ignored, says the specification.
        if (variables("XDG_CONFIG_HOME") is { Length: > 0 } configured && System.IO.Path.IsPathRooted(configured)) return configured;
        if (OperatingSystem.IsWindows() && variables("APPDATA") is { Length: > 0 } roaming) return roaming;
        return variables("HOME") is { Length: > 0 } home ? System.IO.Path.Combine(home, ".config") : null;
    }

    static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Owner;
        return options;
    }

    void Make()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path);
        else if (!Directory.Exists(Path)) Directory.CreateDirectory(Path, Owner | UnixFileMode.UserExecute);
        Check(Path, "700");
    }

    static void Check(string path, string mode)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Others) == 0) return;
        throw new CommandException(ExitCode.Failed, $"{Shown(path)} is open to others than its owner; run: chmod {mode} {Shown(path)}");
    }

    static string Shown(string path) => Printable.Text(path);
}

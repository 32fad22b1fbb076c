namespace Gateway.Specs.Support;

/// <summary>Host names that mean this machine to the programs that are run with them, and to nobody else: a hosts file of their own. Needs root.</summary>
sealed class NamedHere : IDisposable
{
    /// <summary>Its own mounts, with the first argument in the place of the hosts file; the rest is the program.</summary>
    const string Mounted = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";

    readonly string _directory = Directory.CreateTempSubdirectory("gateway-names").FullName;
    readonly string _hosts;

    public NamedHere(IEnumerable<string> names) => _hosts = Write($"127.0.0.1 localhost {string.Join(' ', names)}\n");

    /// <summary>A file that is gone with the names.</summary>
    public string Write(string text)
    {
        var file = Path.Combine(_directory, Path.GetRandomFileName());
        File.WriteAllText(file, text);
        return file;
    }

    public Task<ToolRun> RunAsync(string program, params string[] arguments) =>
        Tool.RunAsync("unshare", ["--mount", "sh", "-c", Mounted, _hosts, Tool.Path(program), .. arguments]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

namespace Gateway.Specs.Support;

/// <summary>The working copy that these specs were built from.</summary>
public static class Repository
{
    /// <summary>The directory of Gateway.sln.</summary>
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    /// <summary>The full path of a file, given relative to the root.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    static string FindRoot(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(directory.FullName, "Gateway.sln"))) return directory.FullName;
        }

        throw new InvalidOperationException($"no Gateway.sln above {start}");
    }
}

namespace Gateway.Benchmarks;

/// <summary>The working copy that this program was built from.</summary>
static class Repository
{
    /// <summary>The directory of Gateway.sln.</summary>
    public static readonly string Root = FindRoot(AppContext.BaseDirectory);

    static string FindRoot(string start)
    {
        for (var directory = new DirectoryInfo(start); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Gateway.sln"))) return directory.FullName;
        }

        throw new InvalidOperationException($"No Gateway.sln above {start}.");
    }
}

namespace Gateway.Actors.Hosting;

/// <summary>Reads small files of secrets, a line each.</summary>
static class SecretLines
{
    /// <summary>Bytes of the largest such file.</summary>
    const int Largest = 16 * 1024;

    /// <summary>Lines that are not empty; none where the file is too large. Throws what reading a file throws.</summary>
    public static IReadOnlyList<string> Read(string file) => ConfiguredFiles.Text(file, Largest) is { } text
        ? [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)]
        : [];
}

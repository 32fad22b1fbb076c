namespace Gateway.Actors.Certificates;

/// <summary>Writes files that only their owner may read.</summary>
static class SecretFiles
{
    /// <summary>Writes a new file, which nobody else could read at any moment. Throws <see cref="IOException"/> when it exists.</summary>
    public static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}

using System.Security.Cryptography;

namespace Gateway.Demo;

/// <summary>The demo's files: configuration, keys, journal. A new directory each time, deleted at the end.</summary>
sealed class DemoFolder : IDisposable
{
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-demo-");

    public string Root => _directory.FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    /// <summary>A file that nobody else could read at any moment.</summary>
    public string WriteSecret(string name, string text)
    {
        var draft = PathOf($"{name}.new");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, options)) writer.Write(text);
        File.Move(draft, PathOf(name), overwrite: true);
        return PathOf(name);
    }

    /// <summary>A password that nobody has to remember.</summary>
    public static string Password() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public void Dispose() => _directory.Delete(recursive: true);
}

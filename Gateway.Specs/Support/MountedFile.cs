namespace Gateway.Specs.Support;

/// <summary>
/// A file as a kubelet mounts it: <c>name -> ..data/name</c>, <c>..data -> ..1</c>. Another content is another directory, and <c>..data</c> leads there
/// then; the link at the name itself never changes.
/// </summary>
sealed class MountedFile : IDisposable
{
    readonly DirectoryInfo _root;
    readonly string _name;
    int _generation;

    /// <param name="name">Its name.</param>
    /// <param name="root">The directory it is mounted at, which goes with it; without one, a new one.</param>
    public MountedFile(string name, string? root = null)
    {
        (_name, _root) = (name, root is null ? Directory.CreateTempSubdirectory("gateway-mounted-") : Directory.CreateDirectory(root));
        File.CreateSymbolicLink(Path, System.IO.Path.Combine("..data", name));
    }

    public string Path => System.IO.Path.Combine(_root.FullName, _name);

    public void Put(byte[] content)
    {
        var (directory, data) = ($"..{++_generation}", System.IO.Path.Combine(_root.FullName, "..data"));
        var file = System.IO.Path.Combine(_root.CreateSubdirectory(directory).FullName, _name);
        File.WriteAllBytes(file, content);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead);
        // .NET moves no link to a directory: for this moment there is none, which nobody looks at.
        if (Directory.Exists(data)) Directory.Delete(data);
        Directory.CreateSymbolicLink(data, directory);
    }

    public void Dispose() => _root.Delete(recursive: true);
}

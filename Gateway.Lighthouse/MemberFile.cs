using System.Text;

namespace Gateway.Lighthouse;

/// <summary>
/// Where a lighthouse keeps <see cref="KnownMembers"/>, for its next start: <c>members</c> in its data directory. There is always a whole one.
/// </summary>
public sealed class MemberFile(string directory)
{
    const int Longest = KnownMembers.Most * (KnownMembers.LongestAddress + 1);

    readonly string _path = Path.Combine(directory, "members");

    /// <summary>None where there is no file.</summary>
    /// <param name="fault">Why the file cannot be used, and what to do about it, or null.</param>
    public KnownMembers Read(out string? fault)
    {
        fault = null;
        try
        {
            if (!File.Exists(_path)) return KnownMembers.None;
            using var file = File.OpenRead(_path);
            var bytes = new byte[Longest + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length <= Longest)
            {
                var known = KnownMembers.Read(Encoding.UTF8.GetString(bytes, 0, length), out var strange);
                if (strange is not null) fault = Fault(strange);
                return known;
            }

            fault = Fault($"is longer than {Longest} bytes");
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            fault = Fault($"cannot be read ({broken.Message})");
        }

        return KnownMembers.None;
    }

    /// <summary>Puts another in its place.</summary>
    /// <returns>Why it could not be written, and what to do about it, or null.</returns>
    public string? Write(KnownMembers known)
    {
        var another = _path + ".new";
        try
        {
            Directory.CreateDirectory(directory);
            using (var file = File.Create(another))
            {
                file.Write(Encoding.UTF8.GetBytes(known.ToText()));
                file.Flush(flushToDisk: true);
            }

            File.Move(another, _path, overwrite: true);
            return null;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return $"{_path}: cannot be written ({broken.Message}), so that this lighthouse, started again, may not find its cluster; "
                + "have Lighthouse:DataDirectory be a directory that it may write into and that is kept";
        }
    }

    string Fault(string problem) =>
        $"{_path}: {problem}; the cluster is looked for at the configured seeds alone, and the file is written anew";
}

namespace Gateway.Actors.Hosting.Events;

/// <summary>Reads what outlets are spoken to with. Every time anew: files of secrets change.</summary>
static class OutletSecrets
{
    const string KeyPrefix = "whsec_";

    const int MostKeys = 8;

    const int LongestToken = 4096;

    /// <summary>Bytes of the largest such file.</summary>
    const int LargestFile = 16 * 1024;

    /// <summary>The keys of a file, as Standard Webhooks writes them; empty where anything in it is none.</summary>
    public static IReadOnlyList<byte[]> SigningKeys(string file)
    {
        var lines = Lines(file);
        var keys = lines.Select(Key).OfType<byte[]>().Where(key => key.Length is >= 24 and <= 64).ToArray();
        return keys.Length <= MostKeys && keys.Length == lines.Count ? keys : [];
    }

    /// <summary>The token of a file; null where it is none.</summary>
    public static string? Token(string file) =>
        Lines(file) is [var token] && token.Length <= LongestToken && token.All(c => c is > ' ' and <= '~') ? token : null;

    static byte[]? Key(string line)
    {
        var text = line.StartsWith(KeyPrefix, StringComparison.Ordinal) ? line[KeyPrefix.Length..] : line;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    static List<string> Lines(string file) => new FileInfo(file).Length > LargestFile
        ? []
        : [.. File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
}

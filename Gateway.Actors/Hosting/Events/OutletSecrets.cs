namespace Gateway.Actors.Hosting.Events;

/// <summary>Reads what outlets are spoken to with. Every time anew: files of secrets change.</summary>
static class OutletSecrets
{
    const string KeyPrefix = "whsec_";

    const int MostKeys = 8;

    /// <summary>The keys of a file, as Standard Webhooks writes them; empty where anything in it is none.</summary>
    public static IReadOnlyList<byte[]> SigningKeys(string file)
    {
        var lines = SecretLines.Read(file);
        var keys = lines.Select(Key).OfType<byte[]>().Where(key => key.Length is >= 24 and <= 64).ToArray();
        return keys.Length <= MostKeys && keys.Length == lines.Count ? keys : [];
    }

    static byte[]? Key(string line)
    {
        var text = line.StartsWith(KeyPrefix, StringComparison.Ordinal) ? line[KeyPrefix.Length..] : line;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}

using System.Security.Cryptography;

namespace Gateway.Actors.Tls.OpenSsl;

/// <summary>Ticket keys that operators hand to every node: <see cref="TicketKey.Length"/> bytes each, newest first.</summary>
public static class TicketKeyFile
{
    /// <summary>Origin: one to seal and a few to open what was sealed before; more would keep old secrets for nothing.</summary>
    const int MaxKeys = 8;

    /// <exception cref="InvalidDataException">The file holds no whole number of keys, or too many.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<TicketKey> Read(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length is 0 or > MaxKeys * TicketKey.Length || file.Length % TicketKey.Length != 0)
            throw new InvalidDataException($"{path} does not hold 1 to {MaxKeys} keys of {TicketKey.Length} bytes");
        var bytes = new byte[file.Length];
        try
        {
            file.ReadExactly(bytes);
            return [.. bytes.Chunk(TicketKey.Length).Select(key => TicketKey.From(key))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Specs.Support;

/// <summary>The server's side of one SCRAM exchange (RFC 5802), for one user.</summary>
sealed class ScramServer(HashAlgorithmName hash, string userName, string password, int iterations = 4096)
{
    readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    readonly string _nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
    string? _clientFirst;
    string? _serverFirst;

    /// <summary>What to answer; null: the client is not taken.</summary>
    public string? Read(string message)
    {
        if (_clientFirst is null)
        {
            _clientFirst = message[3..];
            var parts = _clientFirst.Split(',');
            if (!message.StartsWith("n,,", StringComparison.Ordinal) || parts[0] != $"n={userName}") return null;
            return _serverFirst = string.Create(CultureInfo.InvariantCulture, $"r={parts[1][2..]}{_nonce},s={Convert.ToBase64String(_salt)},i={iterations}");
        }

        var proof = Convert.FromBase64String(message[(message.LastIndexOf(",p=", StringComparison.Ordinal) + 3)..]);
        var spoken = Encoding.UTF8.GetBytes($"{_clientFirst},{_serverFirst},{message[..message.LastIndexOf(",p=", StringComparison.Ordinal)]}");
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, _salt, iterations, hash, proof.Length);
        var storedKey = CryptographicOperations.HashData(hash, CryptographicOperations.HmacData(hash, salted, "Client Key"u8.ToArray()));
        var signature = CryptographicOperations.HmacData(hash, storedKey, spoken);
        var clientKey = proof.Zip(signature, (p, s) => (byte)(p ^ s)).ToArray();
        if (!CryptographicOperations.HashData(hash, clientKey).SequenceEqual(storedKey)) return null;
        return $"v={Convert.ToBase64String(CryptographicOperations.HmacData(hash, CryptographicOperations.HmacData(hash, salted, "Server Key"u8.ToArray()), spoken))}";
    }
}

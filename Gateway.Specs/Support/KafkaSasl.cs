using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Specs.Support;

/// <summary>What a cluster's brokers take as proof.</summary>
/// <param name="Mechanism">The one that they speak.</param>
sealed record KafkaLoginRules(string Mechanism = "PLAIN")
{
    /// <summary>How long a login is good for, which they tell; null: for ever.</summary>
    public TimeSpan? Lasts { get; init; }

    /// <summary>OAUTHBEARER: whether a token is good.</summary>
    public Func<string, bool> IsToken { get; init; } = static _ => false;
}

/// <summary>A broker's side of one connection's logins: <c>SaslHandshake v1</c>, <c>SaslAuthenticate v0</c> or <c>v1</c>.</summary>
sealed class KafkaSasl(KafkaLoginRules rules, string userName, string password)
{
    public const short Handshake = 17;
    public const short Authenticate = 36;
    const short UnsupportedMechanism = 33;
    const short AuthenticationFailed = 58;

    /// <summary>What a busy machine may be late by.</summary>
    static readonly TimeSpan s_late = TimeSpan.FromSeconds(1.5);

    ScramServer? _scram;
    DateTimeOffset? _until;
    bool _isChosen;

    /// <summary>How often a login was taken.</summary>
    public int Logins { get; private set; }

    /// <summary>A broker ends a connection that is used when its login is over (KIP-368).</summary>
    public bool IsLoggedIn => Logins > 0 && !_isChosen && (_until is not { } until || TimeProvider.System.GetUtcNow() < until);

    /// <summary>The answer, without its size, and whether the connection goes on.</summary>
    public (byte[] Answer, bool GoesOn) Read(byte[] request)
    {
        var (key, version, correlation) = (BinaryPrimitives.ReadInt16BigEndian(request), request[3], request[4..8]);
        var body = 10 + BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(8));
        if (key == Handshake)
        {
            _isChosen = request.AsSpan(body + 2).SequenceEqual(Encoding.ASCII.GetBytes(rules.Mechanism));
            _scram = rules.Mechanism switch
            {
                "SCRAM-SHA-256" => new ScramServer(HashAlgorithmName.SHA256, userName, password),
                "SCRAM-SHA-512" => new ScramServer(HashAlgorithmName.SHA512, userName, password),
                _ => null,
            };
            var word = Encoding.ASCII.GetBytes(rules.Mechanism);
            return ([.. correlation, 0, (byte)(_isChosen ? 0 : UnsupportedMechanism), 0, 0, 0, 1, 0, (byte)word.Length, .. word], _isChosen);
        }

        if (!_isChosen) return ([], false);
        var said = Encoding.UTF8.GetString(request.AsSpan(body + 4));
        var (isGood, isDone, message) = Judge(said);
        if (isDone)
        {
            (_isChosen, Logins) = (false, Logins + 1);
            _until = TimeProvider.System.GetUtcNow() + rules.Lasts + s_late;
        }

        var lasts = new byte[version > 0 ? 8 : 0];
        if (lasts.Length > 0 && isDone && rules.Lasts is { } time) BinaryPrimitives.WriteInt64BigEndian(lasts, (long)time.TotalMilliseconds);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        return ([.. correlation, 0, (byte)(isGood ? 0 : AuthenticationFailed), 0xFF, 0xFF, .. length, .. message, .. lasts], isGood);
    }

    (bool IsGood, bool IsDone, byte[] Message) Judge(string said)
    {
        if (_scram is not null)
        {
            var answer = _scram.Read(said);
            return (answer is not null, answer?.StartsWith("v=", StringComparison.Ordinal) == true, Encoding.UTF8.GetBytes(answer ?? ""));
        }

        const string Bearer = "n,,\x01" + "auth=Bearer ";
        var isGood = rules.Mechanism == "PLAIN"
            ? said == $"\0{userName}\0{password}"
            : said.StartsWith(Bearer, StringComparison.Ordinal) && said.EndsWith("\x01\x01", StringComparison.Ordinal) && rules.IsToken(said[Bearer.Length..^2]);
        return (isGood, isGood, []);
    }
}

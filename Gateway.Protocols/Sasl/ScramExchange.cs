using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Protocols.Sasl;

/// <summary>
/// The server's side of one SCRAM login (RFC 5802, RFC 7677): the client names itself, is asked for a proof, and gives it. No channel binding is offered, so
/// the flags <c>n</c> and <c>y</c> are taken and <c>p</c> is not; nor are extensions. Names are ASCII, which SASLprep (RFC 4013) leaves as it is.
/// </summary>
public sealed class ScramExchange
{
    /// <summary>Bytes of a client's message. Origin: the longest name, every character of it escaped, and a nonce take about 1500.</summary>
    public const int MostMessage = 4096;

    /// <summary>Characters. Origin: that of any subject.</summary>
    public const int MostName = 255;

    /// <summary>Characters. Origin: clients send 22 to 44.</summary>
    const int MostNonce = 256;

    readonly SaslMechanism _mechanism;
    readonly string _gs2;
    readonly string _bare;
    readonly string _clientNonce;
    ScramVerifier? _verifier;
    string _nonce = "";
    string _asked = "";

    ScramExchange(SaslMechanism mechanism, string name, string gs2, string bare, string nonce) =>
        (_mechanism, Name, _gs2, _bare, _clientNonce) = (mechanism, name, gs2, bare, nonce);

    /// <summary>What the client calls itself.</summary>
    public string Name { get; }

    /// <summary>What proves to the client that the gateway knows its verifier: <c>v=signature</c>. Empty before the client's own proof.</summary>
    public byte[] Signature { get; private set; } = [];

    /// <summary><c>flag,[a=name],n=name,r=nonce</c>. Null where <paramref name="fault"/> says what is wrong, without any of it.</summary>
    public static ScramExchange? Begin(SaslMechanism mechanism, ReadOnlySpan<byte> message, out string fault)
    {
        fault = Read(mechanism, message, out var begun) is { } wrong ? $"{mechanism.Word()}: {wrong}" : "";
        return begun;
    }

    static string? Read(SaslMechanism mechanism, ReadOnlySpan<byte> message, out ScramExchange? begun)
    {
        begun = null;
        if (message.Length > MostMessage) return $"a message of more than {MostMessage} bytes";
        if (ScramText.Of(message) is not { } text) return "a message that is not UTF-8";
        if (text.Split(',') is not [var flag, var authorization, var first, var second, .. var more]) return "the first message is none of RFC 5802";
        if (flag.StartsWith("p=", StringComparison.Ordinal)) return "the client binds to a channel, which is not offered";
        if (flag is not ("n" or "y")) return "the first message is none of RFC 5802";
        if (first.StartsWith("m=", StringComparison.Ordinal) || more.Length > 0) return "the client asks for an extension, and there are none";
        if (first is not ['n', '=', .. var written] || second is not ['r', '=', .. var nonce]) return "the first message is none of RFC 5802";
        if (!ScramText.IsNonce(nonce, MostNonce)) return "the nonce is malformed, or too long";
        if (ScramText.Name(written) is not { Length: <= MostName } name) return "the name is malformed, or too long";
        if (name.Any(c => c is < ' ' or > '~')) return "the name is not ASCII, and would have to be prepared (SASLprep)";
        if (authorization.Length > 0 && (authorization is not ['a', '=', .. var other] || ScramText.Name(other) != name))
            return "the client asks to act for somebody else";
        begun = new ScramExchange(mechanism, name, $"{flag},{authorization},", $"{first},{second}", nonce);
        return null;
    }

    /// <summary>What to answer: <c>r=nonce,s=salt,i=iterations</c>.</summary>
    /// <param name="verifier">Of the mechanism that the client chose; a made-up one for a name that nobody has.</param>
    /// <param name="nonce">The gateway's part, which was never used before.</param>
    public byte[] Ask(ScramVerifier verifier, string nonce)
    {
        if (verifier.Mechanism != _mechanism) throw new ArgumentException("The verifier is of another mechanism.", nameof(verifier));
        (_verifier, _nonce) = (verifier, _clientNonce + nonce);
        _asked = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(verifier.Salt)},i={verifier.Iterations}");
        return Encoding.UTF8.GetBytes(_asked);
    }

    /// <summary><c>c=channel,r=nonce,p=proof</c>. Yields why the client is not let in; <see cref="Refusal.None"/>: it knows the password.</summary>
    public Refusal Finish(ReadOnlySpan<byte> message, out string detail)
    {
        var refusal = Judge(message, out detail);
        if (refusal != Refusal.None) detail = $"{_mechanism.Word()}: {detail}";
        return refusal;
    }

    Refusal Judge(ReadOnlySpan<byte> message, out string detail)
    {
        var verifier = _verifier ?? throw new InvalidOperationException("The client was not asked for a proof yet.");
        detail = "the proof is none of RFC 5802";
        if (message.Length > MostMessage || ScramText.Of(message) is not { } text) return Refusal.TokenMalformed;
        if (text.Split(',') is not [['c', '=', .. var channel], ['r', '=', .. var nonce], .. var more, ['p', '=', .. var encoded]]) return Refusal.TokenMalformed;
        if (ScramText.Decoded(encoded) is not { } proof || proof.Length != verifier.StoredKey.Length) return Refusal.TokenMalformed;
        detail = "the client asks for an extension, and there are none";
        if (more.Length > 0) return Refusal.TokenMalformed;
        detail = "the proof is of another login: its nonce is not the one that was asked with";
        // librdkafka before 2.6.1 says its own part twice. What makes the proof this login's is in there all the same.
        if (nonce != _nonce && nonce != _clientNonce + _nonce) return Refusal.ProofInvalid;
        detail = "the proof binds to another channel than the client said";
        if (channel != Convert.ToBase64String(Encoding.UTF8.GetBytes(_gs2))) return Refusal.ProofInvalid;
        detail = "the client does not know the password of its account";
        return Knows(verifier, text[..text.LastIndexOf(",p=", StringComparison.Ordinal)], proof) ? Refusal.None : Refusal.ProofInvalid;
    }

    bool Knows(ScramVerifier verifier, string withoutProof, byte[] proof)
    {
        var hash = ScramVerifier.HashOf(_mechanism);
        var spoken = Encoding.UTF8.GetBytes($"{_bare},{_asked},{withoutProof}");
        var clientKey = CryptographicOperations.HmacData(hash, verifier.StoredKey, spoken);
        for (var i = 0; i < clientKey.Length; i++) clientKey[i] ^= proof[i];
        var knows = CryptographicOperations.FixedTimeEquals(CryptographicOperations.HashData(hash, clientKey), verifier.StoredKey);
        CryptographicOperations.ZeroMemory(clientKey);
        // Made for either, so that both take the same time.
        var signature = CryptographicOperations.HmacData(hash, verifier.ServerKey, spoken);
        if (knows) Signature = Encoding.UTF8.GetBytes($"v={Convert.ToBase64String(signature)}");
        return knows;
    }
}

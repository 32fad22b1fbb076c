using System.Text;
using Gateway.Protocols.Sasl;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>What a client's only SASL token says: PLAIN (RFC 4616) with a token as its password, or OAUTHBEARER (RFC 7628).</summary>
static class SaslProof
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The proof, or null where <paramref name="fault"/> says what is wrong with the token, which never repeats any of it.</summary>
    public static ClientProof? Read(SaslMechanism mechanism, ReadOnlySpan<byte> token, string? clientName, out string fault)
    {
        fault = "";
        try
        {
            var text = s_strict.GetString(token);
            return mechanism == SaslMechanism.Plain ? ReadPlain(text, clientName, out fault) : ReadBearer(text, clientName, out fault);
        }
        catch (DecoderFallbackException)
        {
            fault = $"{mechanism.Word()}: the token is not UTF-8";
            return null;
        }
    }

    /// <summary><c>[authzid] NUL authcid NUL passwd</c>. Some clients repeat the name as authzid.</summary>
    static ClientProof? ReadPlain(string text, string? clientName, out string fault)
    {
        fault = "";
        var parts = text.Split('\0');
        if (parts.Length == 3 && (parts[0].Length == 0 || parts[0] == parts[1]) && parts[2].Length > 0) return new(parts[1], parts[2], clientName);
        fault = parts.Length != 3 ? "PLAIN: the token is not name and password" : parts[2].Length == 0 ? "PLAIN: the password is empty"
            : "PLAIN: the client asks to act for somebody else";
        return null;
    }

    /// <summary><c>n,[a=authzid],^A auth=Bearer SP token ^A [key=value ^A]* ^A</c>.</summary>
    static ClientProof? ReadBearer(string text, string? clientName, out string fault)
    {
        const string Scheme = "auth=Bearer ";
        fault = "OAUTHBEARER: the token is not one of RFC 7628";
        var parts = text.Split('\x01');
        if (parts.Length < 4 || parts[^1].Length > 0 || parts[^2].Length > 0) return null;
        if (parts[0].Split(',') is not ["n", var authorization, ""] || authorization.Length > 0 && !authorization.StartsWith("a=", StringComparison.Ordinal)) return null;
        var pairs = parts[1..^2];
        if (Array.FindAll(pairs, p => p.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) is not [var bearer]) return null;
        var token = bearer[Scheme.Length..].Trim();
        fault = token.Length == 0 ? "OAUTHBEARER: there is no token" : "";
        return token.Length == 0 ? null : new(authorization.Length > 2 ? authorization[2..] : null, token, clientName);
    }
}

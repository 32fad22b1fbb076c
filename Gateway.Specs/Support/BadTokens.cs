using System.Buffers.Text;
using Gateway.Actors.Identify;
using Gateway.Protocols;
using static Gateway.Protocols.Refusal;

namespace Gateway.Specs.Support;

/// <summary>Tokens that must be refused: each sound but for the one thing its name says, and the word for it.</summary>
public static class BadTokens
{
    /// <summary>What makes one of them, at the time that counts for the issuer.</summary>
    public delegate string Minting(FakeIssuer issuer, DateTimeOffset now);

    public static IReadOnlyList<BadToken> All { get; } = [.. Forms(), .. Headers(), .. Times(), .. Claims(), .. Subjects(), .. Keys(), .. Sources()];

    static IEnumerable<BadToken> Forms() =>
    [
        new("empty", TokenMalformed, (_, _) => ""),
        new("words", TokenMalformed, (_, _) => "not a token"),
        new("two parts", TokenMalformed, (i, _) => Parts(i, 0, 1)),
        new("four parts", TokenMalformed, (i, _) => Parts(i, 0, 1, 2, 2)),
        new("encrypted", TokenMalformed, (i, _) => i.Mint() + ".aa.bb"),
        new("white space within", TokenMalformed, (i, _) => i.Mint().Replace(".", ". ", StringComparison.Ordinal)),
        new("a line break at its end", TokenMalformed, (i, _) => i.Mint() + "\n"),
        new("padding", TokenMalformed, (i, _) => Parts(i, 0, i.Mint().Split('.')[1] + "==", 2)),
        new("too long", TokenMalformed, (i, _) => Claim(i, "padding", new string('a', IdentityLimits.Token))),
        new("header no JSON", TokenMalformed, (i, _) => Parts(i, "bm8", 1, 2)),
        new("header no object", TokenMalformed, (i, _) => i.MintRaw("[1]", i.RawClaims())),
        new("payload no JSON", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), "no")),
        new("payload no object", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), "[1]")),
        new("payload with more behind it", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), i.RawClaims() + "{}")),
        new("algorithm twice", TokenMalformed, (i, _) => i.MintRaw(Twice(i.RawHeader(), "\"alg\":\"none\""), i.RawClaims())),
        new("subject twice", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), Twice(i.RawClaims(), "\"sub\":\"admin\""))),
        new("a nested name twice", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), Twice(i.RawClaims(), "\"x\":{\"y\":1,\"y\":2}"))),
        new("nested too deep", TokenMalformed, (i, _) => i.MintRaw(
            i.RawHeader(), Twice(i.RawClaims(), $"\"deep\":{new string('[', 5000)}{new string(']', 5000)}"))),
        new("signature no base64url", TokenMalformed, (i, _) => Parts(i, 0, 1, "a+b/")),
    ];

    static IEnumerable<BadToken> Headers() =>
    [
        new("critical extension", TokenMalformed, (i, _) => Header(i, "crit", new[] { "exp" })),
        new("no critical extension", TokenMalformed, (i, _) => Header(i, "crit", Array.Empty<string>())),
        new("logout token", TokenMalformed, (i, _) => Header(i, "typ", "logout+jwt")),
        new("proof of possession", TokenMalformed, (i, _) => Header(i, "typ", "dpop+jwt")),
        new("type no text", TokenMalformed, (i, _) => Header(i, "typ", 7)),
        new("algorithm no text", TokenMalformed, (i, _) => Header(i, "alg", new[] { "ES256" })),
        new("no algorithm", TokenMalformed, (i, _) => Header(i, "alg", null)),
        new("key id no text", TokenMalformed, (i, _) => Header(i, "kid", 7)),
        new("key id too long", TokenMalformed, (i, _) => Header(i, "kid", new string('k', IdentityLimits.Name + 1))),
        new("unsigned", TokenAlgorithmRefused, (i, _) => i.MintUnsigned()),
        new("none in capitals", TokenAlgorithmRefused, (i, _) => Header(i, "alg", "NONE")),
        new("algorithm in small letters", TokenAlgorithmRefused, (i, _) => Header(i, "alg", "es256")),
        new("hmac with the public key", TokenAlgorithmRefused, (i, _) => i.MintHmacWithPublicKey()),
        new("an algorithm nobody configured", TokenAlgorithmRefused, (i, _) => Header(i, "alg", "RS512")),
        new("an algorithm nobody knows", TokenAlgorithmRefused, (i, _) => Header(i, "alg", "XS256")),
    ];

    static IEnumerable<BadToken> Times() =>
    [
        new("no end", TokenMalformed, (i, _) => Claim(i, "exp", null)),
        new("end a text", TokenMalformed, (i, _) => Claim(i, "exp", "tomorrow")),
        new("end a number as text", TokenMalformed, (i, now) => Claim(i, "exp", $"{now.AddHours(1).ToUnixTimeSeconds()}")),
        new("end negative", TokenMalformed, (i, _) => Claim(i, "exp", -5)),
        new("end null", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), Without(i, "exp", "null"))),
        new("end beyond all measure", TokenMalformed, (i, _) => i.MintRaw(i.RawHeader(), Without(i, "exp", "1e400"))),
        new("begin a text", TokenMalformed, (i, _) => Claim(i, "nbf", "yesterday")),
        new("issue time a text", TokenMalformed, (i, _) => Claim(i, "iat", "now")),
        new("expired", TokenExpired, (i, now) => i.Mint(new TokenContent { Expires = now.AddHours(-1) })),
        new("expired by a clock that is 10 minutes behind", TokenExpired, (i, now) => At(i, now.AddMinutes(-10), TimeSpan.FromMinutes(5))),
        new("not yet valid", TokenNotYetValid, (i, now) => i.Mint(new TokenContent { NotBefore = now.AddMinutes(1) })),
        new("issued by a clock that is 10 minutes ahead", TokenNotYetValid, (i, now) => At(i, now.AddMinutes(10), TimeSpan.FromMinutes(5))),
    ];

    static IEnumerable<BadToken> Claims() =>
    [
        new("groups a number", TokenMalformed, (i, _) => Claim(i, "groups", 7)),
        new("groups an object", TokenMalformed, (i, _) => Claim(i, "groups", new { admin = true })),
        new("a group a number", TokenMalformed, (i, _) => Claim(i, "groups", new object[] { "telemetry", 7 })),
        new("an empty group", TokenMalformed, (i, _) => Claim(i, "groups", new[] { "telemetry", "" })),
        new("too many groups", TokenMalformed, (i, _) => Claim(i, "groups", Enumerable.Range(0, IdentityLimits.Groups + 1).Select(n => $"{n}").ToArray())),
        new("invisible group", TokenMalformed, (i, _) => Claim(i, "groups", "tele\u200Bmetry")),
        new("token id a number", TokenMalformed, (i, _) => Claim(i, "jti", 7)),
        new("token id too long", TokenMalformed, (i, _) => Claim(i, "jti", new string('j', IdentityLimits.Name + 1))),
        new("of another group", NotGranted, (i, _) => Claim(i, "groups", "others")),
        new("a group in other letters", NotGranted, (i, _) => Claim(i, "groups", "Telemetry")),
        new("a group that looks the same", NotGranted, (i, _) => Claim(i, "groups", "t\u0435lemetry")),
    ];

    static IEnumerable<BadToken> Subjects() =>
    [
        new("no subject", TokenSubjectMissing, (i, _) => i.Mint(new TokenContent { Subject = null })),
        new("empty subject", TokenSubjectMissing, (i, _) => i.Mint(new TokenContent { Subject = " " })),
        new("long subject", TokenSubjectMissing, (i, _) => i.Mint(new TokenContent { Subject = new string('a', IdentityLimits.Name + 1) })),
        new("subject of two lines", TokenSubjectMissing, (i, _) => i.Mint(new TokenContent { Subject = "alice\r\nadmin" })),
        new("subject that turns the text around it", TokenSubjectMissing, (i, _) => i.Mint(new TokenContent { Subject = "alice\u202Enimda" })),
        new("subject a number", TokenSubjectMissing, (i, _) => Claim(i, "sub", 7)),
        new("subject a list", TokenMalformed, (i, _) => Claim(i, "sub", new[] { "alice" })),
    ];

    static IEnumerable<BadToken> Keys() =>
    [
        new("foreign key", TokenSignatureInvalid, (i, _) => i.MintForeign()),
        new("foreign RSA key", TokenSignatureInvalid, (i, _) => i.MintForeign("RS256")),
        new("embedded key", TokenSignatureInvalid, (i, _) => i.MintWithEmbeddedKey()),
        new("embedded key, own id", TokenSignatureInvalid, (i, _) => i.MintWithEmbeddedKey(ownKeyId: true)),
        new("key at another address", TokenSignatureInvalid, (i, _) => i.MintPointingAway("jku", _ => "https://attacker.example.org/keys")),
        new("certificate at another address", TokenSignatureInvalid, (i, _) => i.MintPointingAway("x5u", _ => "https://attacker.example.org/chain")),
        new("certificate brought along", TokenSignatureInvalid, (i, _) => i.MintPointingAway("x5c", _ => new[] { "MIIB" })),
        new("unknown key id", TokenSignatureInvalid, (i, _) => i.Mint(new TokenContent { KeyId = "nobody's" })),
        new("key id of a file", TokenSignatureInvalid, (i, _) => i.Mint(new TokenContent { KeyId = "../../../../dev/null" })),
        new("key id of the other algorithm", TokenSignatureInvalid, (i, _) => i.Mint(new TokenContent { KeyId = i.Keys.IdFor("RS256") })),
        new("signature cut off", TokenSignatureInvalid, (i, _) => Parts(i, 0, 1, "")),
        new("signature cut short", TokenSignatureInvalid, (i, _) => i.Mint()[..^2]),
        new("signature of zeros", TokenSignatureInvalid, (i, _) => Parts(i, 0, 1, Base64Url.EncodeToString(new byte[64]))),
        new("signature of another token", TokenSignatureInvalid, (i, _) => Parts(i, 0, 1, i.Mint(new TokenContent { Subject = "mallory" }).Split('.')[2])),
        new("payload exchanged", TokenSignatureInvalid, (i, _) => Parts(i, 0, i.Mint(new TokenContent { Subject = "mallory" }).Split('.')[1], 2)),
        new("header exchanged", TokenSignatureInvalid, (i, _) => Parts(i, i.Mint(new TokenContent { Algorithm = "RS256" }).Split('.')[0], 1, 2)),
    ];

    static IEnumerable<BadToken> Sources() =>
    [
        new("other issuer", TokenIssuerUnknown, (i, _) => i.Mint(new TokenContent { Issuer = "https://elsewhere.example.org" })),
        new("issuer with a slash", TokenIssuerUnknown, (i, _) => i.Mint(new TokenContent { Issuer = i.Url + "/" })),
        new("issuer in capitals", TokenIssuerUnknown, (i, _) => i.Mint(new TokenContent { Issuer = i.Url.ToUpperInvariant() })),
        new("no issuer", TokenIssuerUnknown, (i, _) => Claim(i, "iss", null)),
        new("other audience", TokenAudienceWrong, (i, _) => i.Mint(new TokenContent { Audience = "elsewhere" })),
        new("audience with a slash", TokenAudienceWrong, (i, _) => i.Mint(new TokenContent { Audience = "gateway/" })),
        new("no audience", TokenAudienceWrong, (i, _) => i.Mint(new TokenContent { Audience = null })),
        new("no audience of a list", TokenAudienceWrong, (i, _) => i.Mint(new TokenContent { Audience = Array.Empty<string>() })),
        new("a list of other audiences", TokenAudienceWrong, (i, _) => i.Mint(new TokenContent { Audience = new[] { "gateway2", "Gateway" } })),
    ];

    /// <summary>A token whose every time is that of another clock.</summary>
    static string At(FakeIssuer issuer, DateTimeOffset clock, TimeSpan lifetime) => issuer.Mint(new TokenContent
    {
        Expires = clock + lifetime,
        MoreClaims = new Dictionary<string, object?> { ["iat"] = clock.ToUnixTimeSeconds() },
    });

    static string Header(FakeIssuer issuer, string name, object? value) => issuer.Mint(new TokenContent { MoreHeaders = With(name, value) });

    static string Claim(FakeIssuer issuer, string name, object? value) => issuer.Mint(new TokenContent { MoreClaims = With(name, value) });

    static Dictionary<string, object?> With(string name, object? value) => new() { [name] = value };

    /// <summary>One more member at the end of an object.</summary>
    static string Twice(string json, string member) => $"{json[..^1]},{member}}}";

    static string Without(FakeIssuer issuer, string name, string instead)
    {
        var claims = System.Text.Json.Nodes.JsonNode.Parse(issuer.RawClaims())!.AsObject();
        claims.Remove(name);
        return Twice(claims.ToJsonString(), $"\"{name}\":{instead}");
    }

    static string Parts(FakeIssuer issuer, params object[] parts)
    {
        var sound = issuer.Mint().Split('.');
        return string.Join('.', parts.Select(part => part is int i ? sound[i] : (string)part));
    }

    /// <summary>One of them.</summary>
    public sealed record BadToken(string Name, Refusal Refusal, Minting Mint);
}

using System.Net.Security;

namespace Gateway.Actors.Connections;

/// <summary>
/// What one leg's TLS is held to beyond its version: what may be negotiated, and which certificates count beyond a chain to an authority. Each list can
/// only be narrower than the default, which holds ephemeral keys and authenticated encryption alone (RFC 9325 section 4.2).
/// </summary>
public sealed record TlsRules
{
    /// <summary>Pins of one leg. Origin: two in use and one in reserve per roll-over, a few authorities.</summary>
    public const int MostPins = 16;

    public static readonly TlsRules Default = new();

    /// <summary>The three suites of TLS 1.3 that every engine offers by itself (RFC 8446 appendix B.4).</summary>
    public static IReadOnlyList<TlsCipherSuite> Suites13 { get; } =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    public static IReadOnlyList<TlsCipherSuite> Suites12 { get; } =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>Groups for the key exchange by their IANA numbers, preferred first.</summary>
    public static IReadOnlyDictionary<string, ushort> KnownGroups { get; } =
        new Dictionary<string, ushort> { ["X25519MLKEM768"] = 0x11EC, ["X25519"] = 0x001D, ["P-256"] = 0x0017, ["P-384"] = 0x0018 };

    /// <summary>Signature algorithms by their IANA numbers; the last three sign in TLS 1.2 and in certificates only.</summary>
    public static IReadOnlyDictionary<string, ushort> KnownSignatures { get; } = new Dictionary<string, ushort>
    {
        ["ecdsa_secp256r1_sha256"] = 0x0403,
        ["ecdsa_secp384r1_sha384"] = 0x0503,
        ["ecdsa_secp521r1_sha512"] = 0x0603,
        ["ed25519"] = 0x0807,
        ["rsa_pss_rsae_sha256"] = 0x0804,
        ["rsa_pss_rsae_sha384"] = 0x0805,
        ["rsa_pss_rsae_sha512"] = 0x0806,
        ["rsa_pss_pss_sha256"] = 0x0809,
        ["rsa_pss_pss_sha384"] = 0x080A,
        ["rsa_pss_pss_sha512"] = 0x080B,
        ["rsa_pkcs1_sha256"] = 0x0401,
        ["rsa_pkcs1_sha384"] = 0x0501,
        ["rsa_pkcs1_sha512"] = 0x0601,
    };

    /// <summary>What may be spoken, of both versions; null: all of <see cref="Suites13"/> and <see cref="Suites12"/>.</summary>
    public IReadOnlyList<TlsCipherSuite>? Suites { get; init; }

    /// <summary>Names of <see cref="KnownGroups"/>, preferred first; null: all that the engine has of them.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Names of <see cref="KnownSignatures"/>, preferred first; null: what the engine accepts by itself.</summary>
    public IReadOnlyList<string>? SignatureAlgorithms { get; init; }

    /// <summary>
    /// SHA-256 of public keys (SubjectPublicKeyInfo), lower-case hex: the peer's own or an authority's of its verified chain must be among them. Empty: any.
    /// </summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>SHA-256 of the one self-signed certificate that is trusted as it is, lower-case hex; dates, purpose and names count all the same.</summary>
    public string? Trusted { get; init; }
}

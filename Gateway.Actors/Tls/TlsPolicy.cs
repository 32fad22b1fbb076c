using System.Net.Security;
using System.Security.Authentication;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Tls;

namespace Gateway.Actors.Tls;

/// <summary>What the handshake with one client is held to.</summary>
public sealed record TlsTerms(SslProtocols Version, CipherSuitesPolicy? Suites);

/// <summary>Judges what a client offers against the rules of its connection, before a byte is answered. Pure.</summary>
public static class TlsPolicy
{
    /// <summary>The three suites of TLS 1.3 that the engine offers by itself (RFC 8446 appendix B.4).</summary>
    static readonly TlsCipherSuite[] s_tls13 =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    /// <summary>Ephemeral keys and authenticated encryption (RFC 9325 section 4.2).</summary>
    static readonly TlsCipherSuite[] s_tls12 =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    // A handshake of TLS 1.3 gets no suite policy: all its suites are allowed, and a policy would cost it the engine's cached context and
    // with it resumption.
    static readonly TlsTerms s_modern = new(SslProtocols.Tls13, Suites: null);

    static readonly TlsTerms s_guarded = new(SslProtocols.Tls12, SuitesFor([.. s_tls12]));

    /// <summary>All that is ever spoken, in either version.</summary>
    public static IReadOnlyList<TlsCipherSuite> Suites { get; } = [.. s_tls13, .. s_tls12];

    /// <summary>Both versions, for the leg on which the gateway is the client.</summary>
    public static CipherSuitesPolicy? AllSuites { get; } = SuitesFor([.. s_tls13, .. s_tls12]);

    public static Verdict<TlsTerms> Judge(ClientHello hello, ClientTls rules)
    {
        var oldest = rules.AllowTls12 ? TlsVersion.Tls12 : TlsVersion.Tls13;
        if (hello.Version < oldest)
            return new Refused(Refusal.TlsVersionTooOld, $"offers {TlsVersion.Name(hello.Version)}; {TlsVersion.Name(oldest)} is required");
        if (JudgeName(hello.ServerName, rules.ServerNames) is { } refused) return refused;
        if (hello.Version == TlsVersion.Tls13 && OffersAny(hello, s_tls13)) return s_modern;
        if (rules.AllowTls12 && OffersAny(hello, s_tls12)) return s_guarded;
        return new Refused(
            Refusal.TlsSuitesTooWeak, $"none of its {hello.Suites.Count} suites has ephemeral keys and authenticated encryption");
    }

    static Refused? JudgeName(string? asked, IReadOnlyList<string> allowed)
    {
        if (allowed.Count == 0) return null;
        if (asked is null) return new Refused(Refusal.ServerNameMissing, $"asks for no name; expected {allowed[0]}");
        return allowed.Any(name => Matches(name, asked.TrimEnd('.'))) ? null : new Refused(Refusal.ServerNameUnknown, $"asks for {asked}");
    }

    /// <summary><c>*.example.org</c> stands for exactly one label before the rest (RFC 9525 section 6.3).</summary>
    static bool Matches(string allowed, string asked)
    {
        if (!allowed.StartsWith("*.", StringComparison.Ordinal)) return allowed.Equals(asked, StringComparison.OrdinalIgnoreCase);
        var dot = asked.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && allowed.AsSpan(1).Equals(asked.AsSpan(dot), StringComparison.OrdinalIgnoreCase);
    }

    static bool OffersAny(ClientHello hello, TlsCipherSuite[] allowed) =>
        hello.Suites.Any(suite => allowed.Contains((TlsCipherSuite)suite));

    // Windows and Android take their suites from the system; there the judgement of the hello stands alone.
    static CipherSuitesPolicy? SuitesFor(TlsCipherSuite[] suites) =>
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new CipherSuitesPolicy(suites) : null;
}

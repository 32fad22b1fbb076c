using System.Net.Security;
using System.Runtime.CompilerServices;
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
    static readonly TlsCipherSuite[] s_tls13 = [.. TlsRules.Suites13];
    static readonly TlsCipherSuite[] s_tls12 = [.. TlsRules.Suites12];

    // A handshake of TLS 1.3 gets no suite policy unless its connection narrows it: all its suites are allowed, and a policy would cost it the
    // engine's cached context and with it resumption.
    static readonly TlsTerms s_modern = new(SslProtocols.Tls13, Suites: null);

    static readonly TlsTerms s_guarded = new(SslProtocols.Tls12, SuitesFor([.. s_tls12]));

    static readonly ConditionalWeakTable<TlsRules, NarrowTerms> s_narrow = [];

    /// <summary>All that is ever spoken, in either version.</summary>
    public static IReadOnlyList<TlsCipherSuite> Suites { get; } = [.. s_tls13, .. s_tls12];

    /// <summary>Both versions, for the leg on which the gateway is the client.</summary>
    public static CipherSuitesPolicy? AllSuites { get; } = SuitesFor([.. s_tls13, .. s_tls12]);

    /// <summary>What .NET's options say of the suites of a leg on which the gateway is the client; null: all of its version.</summary>
    public static CipherSuitesPolicy? SuitesOf(TlsRules rules, bool allowTls12) =>
        rules.Suites is { } suites ? SuitesFor([.. suites]) : allowTls12 ? AllSuites : null;

    /// <summary>What engines are told that .NET's options cannot say.</summary>
    public static LegRules LegRulesOf(TlsRules rules) => new() { Suites = rules.Suites, Groups = rules.Groups, SignatureAlgorithms = rules.SignatureAlgorithms };

    public static Verdict<TlsTerms> Judge(ClientHello hello, ClientTls rules)
    {
        var oldest = rules.AllowTls12 ? TlsVersion.Tls12 : TlsVersion.Tls13;
        if (hello.Version < oldest)
            return new Refused(Refusal.TlsVersionTooOld, $"offers {TlsVersion.Name(hello.Version)}; {TlsVersion.Name(oldest)} is required");
        if (JudgeName(hello.ServerName, rules.ServerNames) is { } refused) return refused;
        if (JudgeExchange(hello, rules.Rules) is { } unfit) return unfit;
        var (modern, guarded) = rules.Rules.Suites is null ? (s_modern, s_guarded) : s_narrow.GetValue(rules.Rules, static r => new NarrowTerms(r)).Both;
        if (hello.Version == TlsVersion.Tls13 && OffersAny(hello, Allowed(rules.Rules, s_tls13))) return modern;
        if (rules.AllowTls12 && OffersAny(hello, Allowed(rules.Rules, s_tls12))) return guarded;
        return new Refused(
            Refusal.TlsSuitesTooWeak,
            rules.Rules.Suites is null
                ? $"none of its {hello.Suites.Count} suites has ephemeral keys and authenticated encryption"
                : $"none of its {hello.Suites.Count} suites is one that the connection allows");
    }

    // Up to TLS 1.2 a client may leave either extension out (RFC 8422 section 4, RFC 5246 section 7.4.1.4.1); the engine then finds out.
    static Refused? JudgeExchange(ClientHello hello, TlsRules rules)
    {
        var groups = (rules.Groups ?? [.. TlsRules.KnownGroups.Keys]).Select(name => TlsRules.KnownGroups[name]);
        if (hello.Groups.Count > 0 && !hello.Groups.Any(groups.Contains))
            return new(Refusal.TlsGroupsRefused, $"none of its {hello.Groups.Count} groups is one that the connection allows");
        var signatures = rules.SignatureAlgorithms?.Select(name => TlsRules.KnownSignatures[name]);
        return signatures is not null && hello.SignatureAlgorithms.Count > 0 && !hello.SignatureAlgorithms.Any(signatures.Contains)
            ? new(Refusal.TlsSignaturesRefused, $"none of its {hello.SignatureAlgorithms.Count} signature algorithms is one that the connection allows")
            : null;
    }

    static TlsCipherSuite[] Allowed(TlsRules rules, TlsCipherSuite[] ofVersion) =>
        rules.Suites is { } suites ? [.. suites.Intersect(ofVersion)] : ofVersion;

    static Refused? JudgeName(string? asked, IReadOnlyList<string> allowed)
    {
        if (allowed.Count == 0) return null;
        if (asked is null) return new Refused(Refusal.ServerNameMissing, $"asks for no name; expected {allowed[0]}");
        return ServerNames.LetIn(allowed, asked) ? null : new Refused(Refusal.ServerNameUnknown, $"asks for {asked}");
    }

    static bool OffersAny(ClientHello hello, IReadOnlyList<TlsCipherSuite> allowed) =>
        hello.Suites.Any(suite => allowed.Contains((TlsCipherSuite)suite));

    // Windows and Android take their suites from the system; there the judgement of the hello stands alone.
    static CipherSuitesPolicy? SuitesFor(TlsCipherSuite[] suites) =>
        OperatingSystem.IsLinux() || OperatingSystem.IsMacOS() ? new CipherSuitesPolicy(suites) : null;

    /// <summary>The terms of a connection that names its suites, made once: engines know a policy again by its identity.</summary>
    sealed class NarrowTerms(TlsRules rules)
    {
        public (TlsTerms Modern, TlsTerms Guarded) Both { get; } = (
            new(SslProtocols.Tls13, SuitesFor([.. Allowed(rules, s_tls13)])), new(SslProtocols.Tls12, SuitesFor([.. Allowed(rules, s_tls12)])));
    }
}

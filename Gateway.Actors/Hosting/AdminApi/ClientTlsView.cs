using Gateway.Actors.Tls;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Tls;

namespace Gateway.Actors.Hosting.AdminApi;

/// <summary>
/// The client's TLS as the session's first event holds it. What was agreed upon is null where it did not come to that; what was offered is empty
/// where no hello was read, or an earlier version recorded it.
/// </summary>
public sealed record ClientTlsView(
    string? Version, string? Suite, bool Resumed, string? ServerName, string? CertificateSha256, string? Ja4, IReadOnlyList<string> Versions,
    IReadOnlyList<string> Suites, IReadOnlyList<string> Groups, IReadOnlyList<string> SignatureAlgorithms, IReadOnlyList<string> Alpn)
{
    public static ClientTlsView Of(ClientFacts facts) => new(
        facts.TlsVersion, facts.TlsSuite, facts.IsResumed, facts.ServerName, facts.CertificateSha256, facts.Offer?.Ja4,
        Names(facts.Offer?.Versions, TlsVersion.Name), Names(facts.Offer?.Suites, TlsNames.Suite), Names(facts.Offer?.Groups, TlsNames.Group),
        Names(facts.Offer?.SignatureAlgorithms, TlsNames.Signature), facts.Offer?.Alpn ?? []);

    static IReadOnlyList<string> Names(IReadOnlyList<ushort>? values, Func<ushort, string> name) => [.. (values ?? []).Select(name)];
}

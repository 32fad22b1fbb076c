using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>What may be wrong with a peer's TLS.</summary>
public enum TlsFault
{
    Nothing,
    Tls10,
    Tls11,
    WeakSuite,
    Expired,
    NotYetValid,
    WrongName,
    UnknownAuthority,
    SelfSigned,
    RevokedByList,
    RevokedByResponder,
    BadStaple,
    NoClientCertificate,
    WrongPurpose,
}

/// <summary>What a faulty peer comes to on one leg: a refusal and how its detail begins, or why the cell has no meaning.</summary>
/// <param name="Refusal">Its word.</param>
/// <param name="Detail">What the detail says among other things.</param>
/// <param name="Meaningless">Why nobody can be faulty so on this leg.</param>
/// <param name="OpenSslOnly">Why the other engine does not find out.</param>
sealed record TlsCell(Refusal Refusal, string Detail, string? Meaningless = null, string? OpenSslOnly = null)
{
    public static TlsCell None(string because) => new(Refusal.None, "", because);
}

/// <summary>Every fault on either leg: the table that operators read in docs/tls.md.</summary>
static class TlsMatrix
{
    public static readonly IReadOnlyDictionary<TlsFault, (TlsCell Client, TlsCell Upstream)> Cells = new Dictionary<TlsFault, (TlsCell, TlsCell)>
    {
        [TlsFault.Tls10] = (
            new(Refusal.TlsVersionTooOld, "offers TLS 1.0; TLS 1.3 is required"),
            new(Refusal.UpstreamTlsFailed, "alert protocol version")),
        [TlsFault.Tls11] = (
            new(Refusal.TlsVersionTooOld, "offers TLS 1.1; TLS 1.3 is required"),
            new(Refusal.UpstreamTlsFailed, "alert protocol version")),
        [TlsFault.WeakSuite] = (
            new(Refusal.TlsSuitesTooWeak, "none of its 1 suites"),
            new(Refusal.UpstreamTlsFailed, "alert handshake failure")),
        [TlsFault.Expired] = (
            new(Refusal.ClientCertificateExpired, "it expired at"),
            new(Refusal.UpstreamCertificateExpired, "it expired at")),
        [TlsFault.NotYetValid] = (
            new(Refusal.ClientCertificateNotYetValid, "it is valid from"),
            new(Refusal.UpstreamCertificateNotYetValid, "it is valid from")),
        [TlsFault.WrongName] = (
            new(Refusal.NotGranted, ""),
            new(Refusal.UpstreamNameMismatch, "no alternative name of the certificate is localhost")),
        [TlsFault.UnknownAuthority] = (
            new(Refusal.ClientCertificateUntrusted, "chain:"),
            new(Refusal.UpstreamCertificateUntrusted, "chain:")),
        [TlsFault.SelfSigned] = (
            new(Refusal.ClientCertificateUntrusted, "chain:"),
            new(Refusal.UpstreamCertificateUntrusted, "chain:")),
        [TlsFault.RevokedByList] = (
            new(Refusal.ClientCertificateRevoked, "its authority revoked it, says the revocation list"),
            new(Refusal.UpstreamCertificateRevoked, "its authority revoked it, says the revocation list")),
        [TlsFault.RevokedByResponder] = (
            new(Refusal.ClientCertificateRevoked, "its authority revoked it, says the responder"),
            new(Refusal.UpstreamCertificateRevoked, "its authority revoked it, says the responder")),
        [TlsFault.BadStaple] = (
            TlsCell.None("no TLS library lets a client staple: RFC 8446 section 4.4.2.1 allows it where the server asks, and the gateway does not ask"),
            new(Refusal.UpstreamStapleInvalid, "stapled: the responder's answer is about another certificate",
                OpenSslOnly: "SslStream does not ask for a staple; the responder itself is asked, as without one")),
        [TlsFault.NoClientCertificate] = (
            new(Refusal.ClientCertificateMissing, "none was sent"),
            new(Refusal.UpstreamCredentialsRefused, "alert")),
        [TlsFault.WrongPurpose] = (
            new(Refusal.ClientCertificateMisused, "not issued for client authentication"),
            new(Refusal.UpstreamCertificateMisused, "not issued for server authentication")),
    };
}

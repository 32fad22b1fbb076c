using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Identify;

/// <summary>
/// Step 3: who the client is. A token it brings decides where the connection accepts tokens, for better or worse: a bad one is refused even
/// if a sound certificate came along, since the client asked to be somebody else; so does a proof by SCRAM. Without either, the client certificate decides.
/// The user name of a login that brings a token proves nothing and is not read: whoever the token or the certificate names is the subject.
/// </summary>
public sealed class Identification(ITokenVerifier tokens, IAccounts accounts, TimeProvider time)
{
    /// <summary>By what a client's proof as an account of the connection is to be judged.</summary>
    public Task<AccountAnswer> FindAsync(ConnectionProfile profile, AccountQuestion question, CancellationToken cancel) =>
        accounts.FindAsync(profile, question, cancel);

    public async Task<Verdict<Subject>> IdentifyAsync(SecuredConnection connection, ClientProof proof, CancellationToken cancel)
    {
        var issuers = connection.Profile.Access.Issuers;
        using var certificate = connection.ClientCertificate();
        if (proof.Account is { } account) return ByAccount(connection, account, certificate);
        if (proof.Token is { } token && issuers.Count > 0) return ByToken(connection, await tokens.VerifyAsync(token, issuers, cancel), certificate);
        if (certificate is not null)
            return ByCertificate(connection, certificate, CertificateIdentity.Read(certificate, connection.Profile.ClientTls.ClientSubjects));
        return issuers.Count + connection.Profile.Access.Accounts.Count > 0
            ? new Refused(Refusal.TokenMissing, "the login brings no token and is that of no account, and there is no client certificate")
            : new Refused(Refusal.ClientCertificateMissing, "the connection accepts client certificates only, and there is none");
    }

    Verdict<Subject> ByAccount(SecuredConnection connection, AccountProof proof, X509Certificate2? certificate)
    {
        if (proof.Refusal != Refusal.None) return new Refused(proof.Refusal, proof.Detail);
        var access = connection.Profile.Access;
        if (access.Accounts.FirstOrDefault(known => known.Name == proof.Name) is not { } account)
            return new Refused(Refusal.AccountUnknown, $"connection {connection.Profile.Name} has no account {proof.Name}");
        return Subject.Proven(connection, Of(account, time.GetUtcNow() + access.AccountsLast, certificate));
    }

    static Verdict<Subject> ByToken(SecuredConnection connection, Verdict<TokenIdentity> verified, X509Certificate2? certificate) => verified.IsGranted
        ? Subject.Proven(connection, Of(verified.Value, certificate))
        : new Refused(verified.Refusal, verified.Detail);

    static Verdict<Subject> ByCertificate(SecuredConnection connection, X509Certificate2 certificate, Verdict<CertificateIdentity> read) => read.IsGranted
        ? Subject.Proven(connection, Of(read.Value, certificate))
        : new Refused(read.Refusal, read.Detail);

    /// <summary>Whom a token names. A certificate that came along is no proof of the name, and still ends the session when it is revoked.</summary>
    public static Identity Of(TokenIdentity token, X509Certificate2? certificate) => new()
    {
        Name = token.Name,
        Issuer = token.Issuer,
        Groups = token.Groups,
        Expires = token.Expires,
        TokenId = token.Id,
        CertificateIssuer = certificate?.Issuer,
        CertificateSerial = certificate?.SerialNumber,
        CertificateSha256 = Fingerprint(certificate),
    };

    /// <summary>Whom a login as an account names. A certificate that came along still ends the session when it is revoked.</summary>
    static Identity Of(ServiceAccount account, DateTimeOffset? expires, X509Certificate2? certificate) => new()
    {
        Name = account.Name,
        Issuer = ServiceAccount.Issuer,
        Groups = account.Groups,
        Expires = expires,
        CertificateIssuer = certificate?.Issuer,
        CertificateSerial = certificate?.SerialNumber,
        CertificateSha256 = Fingerprint(certificate),
    };

    /// <summary>Whom a certificate names.</summary>
    public static Identity Of(CertificateIdentity read, X509Certificate2 certificate) => new()
    {
        Name = read.Name,
        Issuer = read.Issuer,
        Groups = read.Groups,
        Expires = read.Expires,
        IsByCertificate = true,
        CertificateIssuer = certificate.Issuer,
        CertificateSerial = certificate.SerialNumber,
        CertificateSha256 = Fingerprint(certificate),
    };

    static string? Fingerprint(X509Certificate2? certificate) => certificate?.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}

using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Ocsp;

namespace Gateway.Actors.Certificates.Status;

/// <summary>
/// Says which certificates of the cluster's own authorities are revoked: as a list (RFC 5280 section 5) and by answering questions (RFC 6960). Every node
/// can, from what it holds; what it signed is kept for a while, so that asking costs no signature. Safe for use from several threads.
/// </summary>
public sealed partial class AuthorityStatus(IRegistry registry, ClusterKey key, TimeProvider time, ILogger<AuthorityStatus> log, AuthorityToken? token = null)
{
    /// <summary>Bytes of a question. Origin: one about a single certificate has about 80.</summary>
    public const int LargestQuestion = 4096;

    /// <summary>How long what is said counts. Origin: shorter than certificates last; longer than clients' clocks differ and nodes are away.</summary>
    public static readonly TimeSpan CountsFor = TimeSpan.FromHours(1);

    /// <summary>How long it is said again before it is signed anew, unless something was revoked meanwhile.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    /// <summary>Clocks differ: what is said begins that much earlier.</summary>
    static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(5);

    /// <summary>Answers that are kept.</summary>
    const int MostKept = 4096;

    readonly Lock _lock = new();
    readonly Dictionary<uint, Kept> _lists = [];
    readonly Dictionary<string, Kept> _answers = new(StringComparer.Ordinal);
    readonly Dictionary<uint, (object Basis, DateTimeOffset At, AuthorityRevocations Revocations)> _revocations = [];

    /// <summary>The list of the authority of that generation (DER); null when it is none that is trusted, or cannot sign here.</summary>
    public byte[]? ListOf(uint generation)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var snapshot = registry.Current;
            if (!snapshot.Certificates.Authorities.TryGetValue(generation, out var found) || !found.IsTrusted) return null;
            if (_lists.TryGetValue(generation, out var kept) && kept.IsFresh(snapshot, now)) return kept.Said;
            if (Opened(found) is not { } authority) return null;
            using (authority)
            {
                var list = new CertificateRevocationListBuilder();
                foreach (var (serial, since) in RevocationsOf(generation, authority.Certificate, snapshot, now).All) list.AddEntry(serial, since);
                var made = list.Build(
                    authority.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(authority.Key), new BigInteger(UnixMicros.Of(now)), now + CountsFor,
                    HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority.Certificate, true, false), now - s_backdate);
                _lists[generation] = new(made, snapshot.Revocations, now);
                return made;
            }
        }
    }

    /// <summary>The answer to a question (both DER). There is one to whatever comes.</summary>
    public byte[] AnswerTo(byte[] question)
    {
        if (question.Length > LargestQuestion || OcspAnswers.Read(question) is not { } asked) return OcspAnswers.Without(OcspRespStatus.MalformedRequest);
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var snapshot = registry.Current;
            var name = string.Join(' ', asked.Select(id => Convert.ToHexString(id.ToAsn1Object().GetEncoded())));
            if (_answers.TryGetValue(name, out var kept) && kept.IsFresh(snapshot, now)) return kept.Said;
            var answer = Answer(asked, snapshot, now, out var isSigned);
            if (!isSigned) return answer;
            if (_answers.Count >= MostKept) _answers.Clear();
            _answers[name] = new(answer, snapshot.Revocations, now);
            return answer;
        }
    }

    byte[] Answer(IReadOnlyList<CertificateID> asked, RegistrySnapshot snapshot, DateTimeOffset now, out bool isSigned)
    {
        isSigned = false;
        foreach (var found in snapshot.Certificates.Authorities.Values.Where(authority => authority.IsTrusted))
        {
            using var certificate = X509CertificateLoader.LoadCertificate(found.Chain[0].Span);
            if (!asked.All(id => OcspAnswers.IsIssuedBy(id, certificate))) continue;
            if (Opened(found) is not { } authority) return OcspAnswers.Without(OcspRespStatus.TryLater);
            using (authority)
            {
                isSigned = true;
                return OcspAnswers.Of(
                    asked, RevocationsOf(found.Generation, certificate, snapshot, now), certificate, authority.Key, now - s_backdate, now + CountsFor);
            }
        }

        // RFC 5019 section 2.2.3: about certificates of others nothing is said, and nothing is signed.
        return OcspAnswers.Without(OcspRespStatus.Unauthorized);
    }

    SigningAuthority? Opened(ManagedAuthority authority)
    {
        try
        {
            return SigningAuthority.Open(authority, key, token);
        }
        catch (CertificateSourceException e)
        {
            LogCannotSign(authority.Generation, e.Message);
            return null;
        }
    }

    AuthorityRevocations RevocationsOf(uint generation, X509Certificate2 authority, RegistrySnapshot snapshot, DateTimeOffset now)
    {
        if (_revocations.TryGetValue(generation, out var known) && ReferenceEquals(known.Basis, snapshot.Revocations) && now - known.At < KeptFor) return known.Revocations;
        var made = new AuthorityRevocations(snapshot, authority, now);
        _revocations[generation] = (snapshot.Revocations, now, made);
        return made;
    }

    [LoggerMessage(365, LogLevel.Warning, "What of authority {Generation} is revoked cannot be said here: {Problem}")]
    partial void LogCannotSign(uint generation, string problem);

    /// <summary>What was said, and on which revocations it rests.</summary>
    sealed record Kept(byte[] Said, ImmutableDictionary<RevocationKey, Revoked> Basis, DateTimeOffset At)
    {
        public bool IsFresh(RegistrySnapshot snapshot, DateTimeOffset now) => ReferenceEquals(Basis, snapshot.Revocations) && now - At < KeptFor && now >= At;
    }
}

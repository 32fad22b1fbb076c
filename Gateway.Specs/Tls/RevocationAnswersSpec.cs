using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Tls.Revocation;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Xunit;
using X509CertificateParser = Org.BouncyCastle.X509.X509CertificateParser;

namespace Gateway.Specs.Tls;

/// <summary>What authorities say of revocations counts when they say it, now, and of that certificate.</summary>
public sealed class RevocationAnswersSpec : IDisposable
{
    static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    readonly TestCertificates _authority = new("Revoking CA");
    readonly TestCertificates _stranger = new("Revoking CA");
    readonly X509Certificate2 _certificate;
    readonly X509Certificate2 _other;

    public RevocationAnswersSpec() => (_certificate, _other) = (_authority.Client("camera-1"), _authority.Client("camera-2"));

    [Fact]
    public void A_sound_answer_counts_as_long_as_it_says_but_an_hour_at_most()
    {
        var (good, until) = OcspMessages.Judge(Answer(CertificateStatus.Good), _certificate, _authority.Authority, s_now);
        Assert.Equal(RevocationState.Good, good.State);
        Assert.Equal(s_now.AddHours(1), until);

        var (revoked, _) = OcspMessages.Judge(Answer(new RevokedStatus(s_now.UtcDateTime, CrlReason.KeyCompromise)), _certificate, _authority.Authority, s_now);
        Assert.Equal(RevocationState.Revoked, revoked.State);
    }

    [Fact]
    public void An_answer_of_a_delegated_responder_counts()
    {
        var responder = Delegated(_authority, forResponding: true);

        var (finding, _) = OcspMessages.Judge(Answer(CertificateStatus.Good, by: responder), _certificate, _authority.Authority, s_now);

        Assert.Equal(RevocationState.Good, finding.State);
    }

    [Theory]
    [InlineData("garbage", "the responder's answer cannot be read")]
    [InlineData("empty", "the responder's answer cannot be read")]
    [InlineData("refused", "the responder answers with status 6")]
    [InlineData("stranger", "the responder's answer is not signed for the certificate's authority")]
    [InlineData("client", "the responder's answer is not signed for the certificate's authority")]
    [InlineData("stranger's responder", "the responder's answer is not signed for the certificate's authority")]
    [InlineData("altered", "the responder's answer is not signed for the certificate's authority")]
    [InlineData("other", "the responder's answer is about another certificate")]
    [InlineData("old", "the responder's answer is out of date")]
    [InlineData("ahead", "the responder's answer is of a time that lies ahead")]
    [InlineData("unknown", "the responder does not know the certificate")]
    public void What_is_no_sound_answer_says_nothing(string kind, string detail)
    {
        var good = CertificateStatus.Good;
        var answer = kind switch
        {
            "garbage" => [0x30, 0x82, 1, 2, 3],
            "empty" => [],
            "refused" => new OCSPRespGenerator().Generate(OcspRespStatus.Unauthorized, null).GetEncoded(),
            "stranger" => Answer(good, by: _stranger.Authority),
            "client" => Answer(good, by: Delegated(_authority, forResponding: false)),
            "stranger's responder" => Answer(good, by: Delegated(_stranger, forResponding: true)),
            "altered" => Altered(Answer(good)),
            "other" => Answer(good, about: _other),
            "old" => Answer(good, from: s_now.AddHours(-3), until: s_now.AddMinutes(-6)),
            "ahead" => Answer(good, from: s_now.AddMinutes(6), until: s_now.AddHours(3)),
            _ => Answer(new UnknownStatus()),
        };

        var (finding, _) = OcspMessages.Judge(answer, _certificate, _authority.Authority, s_now);

        Assert.Equal((RevocationState.Unknown, detail), (finding.State, finding.Detail));
    }

    [Fact]
    public void A_list_says_what_is_on_it_while_it_is_in_date()
    {
        var list = RevocationList.Parse(List(_authority, _other, s_now.AddDays(1)));

        Assert.Equal(RevocationState.Good, list.Judge(_certificate, _authority.Authority, s_now).State);
        Assert.Equal(RevocationState.Revoked, list.Judge(_other, _authority.Authority, s_now).State);
        Assert.Equal(RevocationState.Unknown, list.Judge(_other, _authority.Authority, s_now.AddDays(2)).State);
        Assert.Equal(RevocationState.Unknown, list.Judge(_other, _authority.Authority, s_now.AddDays(-2)).State);
    }

    [Fact]
    public void A_list_by_another_authority_of_the_same_name_says_nothing()
    {
        var list = RevocationList.Parse(List(_stranger, _other, s_now.AddDays(1)));

        Assert.Equal((RevocationState.Unknown, "the revocation list is not its authority's"), Told(list.Judge(_other, _authority.Authority, s_now)));
    }

    [Fact]
    public void A_list_that_took_the_place_of_another_behind_a_link_counts_within_ten_seconds()
    {
        using var mounted = new MountedFile("ca.crl");
        var time = new FakeTimeProvider(s_now);
        var lists = new RevocationLists(time, NullLogger.Instance);
        mounted.Put(List(_authority, _other, s_now.AddDays(1)));
        Assert.Equal(RevocationState.Good, lists.Find(mounted.Path)!.Judge(_certificate, _authority.Authority, s_now).State);

        mounted.Put(List(_authority, _certificate, s_now.AddDays(1)));
        time.Advance(RevocationLists.LookEvery);

        Assert.Equal(RevocationState.Revoked, lists.Find(mounted.Path)!.Judge(_certificate, _authority.Authority, s_now).State);
    }

    [Fact]
    public void A_clock_that_was_ahead_for_a_while_keeps_no_list_from_being_looked_at()
    {
        using var folder = new ConfigurationFolder();
        var (passing, file) = (new FakeTimeProvider(s_now), folder.PathOf("revoked.crl"));
        var clock = new SetClock(passing) { Ahead = TimeSpan.FromMinutes(10) };
        var lists = new RevocationLists(clock, NullLogger.Instance);
        File.WriteAllText(file, "none");
        Assert.Null(lists.Find(file));

        File.WriteAllBytes(file, List(_authority, _certificate, s_now.AddDays(1)));
        clock.Ahead = TimeSpan.Zero;
        passing.Advance(RevocationLists.LookEvery);

        Assert.Equal(RevocationState.Revoked, lists.Find(file)!.Judge(_certificate, _authority.Authority, s_now).State);
    }

    [Fact]
    public void What_is_no_list_is_not_taken_for_one()
    {
        Assert.Throws<InvalidDataException>(() => RevocationList.Parse([]));
        Assert.Throws<InvalidDataException>(() => RevocationList.Parse([0x30, 0x82, 1, 2, 3]));
        Assert.Throws<InvalidDataException>(() => RevocationList.Parse("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"u8.ToArray()));
        Assert.Throws<InvalidDataException>(() => RevocationList.Parse(System.Text.Encoding.ASCII.GetBytes(_other.ExportCertificatePem())));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    static (RevocationState, string) Told(RevocationFinding finding) => (finding.State, finding.Detail);

    byte[] Answer(
        CertificateStatus? status, X509Certificate2? by = null, X509Certificate2? about = null, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var signer = by ?? _authority.Authority;
        var issuer = new X509CertificateParser().ReadCertificate(_authority.Authority.RawData);
        var id = new CertificateID(CertificateID.DigestSha1, issuer, new BigInteger(1, (about ?? _certificate).SerialNumberBytes.ToArray()));
        var certificate = new X509CertificateParser().ReadCertificate(signer.RawData);
        var basic = new BasicOcspRespGenerator(new RespID(certificate.SubjectDN));
        basic.AddResponse(id, status, (from ?? s_now.AddMinutes(-1)).UtcDateTime, (until ?? s_now.AddDays(1)).UtcDateTime, null);
        using var key = signer.GetECDsaPrivateKey()!;
        var privateKey = PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey());
        var made = basic.Generate(new Asn1SignatureFactory("SHA256WITHECDSA", privateKey), [certificate], s_now.UtcDateTime);
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, made).GetEncoded();
    }

    // The last byte of the signed data's serial number and what follows stays readable.
    byte[] Altered(byte[] answer)
    {
        var serial = _certificate.SerialNumberBytes.ToArray();
        var at = answer.AsSpan().IndexOf(serial);
        answer[at + serial.Length - 1] ^= 1;
        return answer;
    }

    static X509Certificate2 Delegated(TestCertificates authority, bool forResponding)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=responder", key, HashAlgorithmName.SHA256);
        var purpose = forResponding ? "1.3.6.1.5.5.7.3.9" : "1.3.6.1.5.5.7.3.2";
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        using var issued = request.Create(authority.Authority, s_now.AddHours(-1), s_now.AddHours(1), [1, 2, 3]);
        return issued.CopyWithPrivateKey(key);
    }

    static byte[] List(TestCertificates authority, X509Certificate2 revoked, DateTimeOffset until)
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry(revoked, s_now.AddHours(-1));
        return builder.Build(authority.Authority, 1, until, HashAlgorithmName.SHA256, thisUpdate: s_now.AddHours(-1));
    }
}

using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Actors.Tls.OpenSsl;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>What a chain that was found good a moment ago stands for, and what not.</summary>
public sealed class VerifiedChainsSpec : IDisposable
{
    static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    readonly TestCertificates _people = new("People CA");
    readonly TestCertificates _others = new("Other CA");
    readonly VerifiedChains _verified = new();

    [Fact]
    public void A_chain_stands_for_half_a_minute_and_no_longer()
    {
        var (key, now) = Verify(_people.Client("anna"));

        Assert.NotNull(_verified.Find(key, now));
        Assert.NotNull(_verified.Find(key, now.AddSeconds(29)));
        Assert.Null(_verified.Find(key, now.AddSeconds(30)));
    }

    [Fact]
    public void A_chain_stands_no_longer_than_its_first_certificate_is_valid()
    {
        var anna = _people.Issue(new TestCertificate { CommonName = "anna", NotBefore = s_now.AddDays(-1), NotAfter = s_now.AddSeconds(5) });
        var (key, now) = Verify(anna);

        Assert.NotNull(_verified.Find(key, now));
        Assert.Null(_verified.Find(key, anna.NotAfter.ToUniversalTime()));
    }

    [Fact]
    public void A_clock_that_was_set_back_finds_nothing()
    {
        var (key, now) = Verify(_people.Client("anna"));

        Assert.Null(_verified.Find(key, now.AddSeconds(-1)));
    }

    [Fact]
    public void A_chain_stands_for_the_very_same_bytes_and_terms()
    {
        var (anna, ben, team) = (_people.Client("anna"), _people.Client("ben"), _people.Intermediate("Team CA").Authority);
        var keys = new[]
        {
            Key(anna, [], _people, Purposes.Client), Key(ben, [], _people, Purposes.Client), Key(anna, [team], _people, Purposes.Client),
            Key(anna, [], _others, Purposes.Client), Key(anna, [], _people, Purposes.Server),
            ChainKey.Of(anna, [], CertificateJudge.PolicyFor(_people.Authorities, Purposes.Client, s_now, X509RevocationMode.Offline)),
            ChainKey.Of(anna, [], CertificateJudge.PolicyFor([], Purposes.Client, s_now, X509RevocationMode.NoCheck, systemTrust: true)),
            ChainKey.Of(anna, [], CertificateJudge.PolicyFor([], Purposes.Client, s_now, X509RevocationMode.NoCheck)),
        };

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Key(anna, [], _people, Purposes.Client));
    }

    [Fact]
    public void So_many_at_most_are_kept()
    {
        using var chain = new X509Chain();
        for (var i = 0; i < 10_000; i++) _verified.Add(new ChainKey(0, (UInt128)i), chain, SslPolicyErrors.None, s_now.UtcDateTime);

        Assert.InRange(_verified.Count, 1, 512);
    }

    [RequiresFact("openssl")]
    public async Task What_a_connection_demands_beyond_the_chain_is_judged_although_the_chain_is_known()
    {
        using var front = new OpenSslFront();
        var (file, key) = TestCertificates.Write(_people.Client("anna"), front.Folder.Root, "anna");
        var profile = TestProfiles.For(
            TestProfiles.Tls13 with { ClientCertificate = ClientCertificateRule.Required, ClientAuthorities = _people.Authorities });
        var pinned = profile with
        {
            ClientTls = profile.ClientTls with { Rules = profile.ClientTls.Rules with { Pins = [new string('0', 64)] } },
        };

        var (first, _) = await front.MeetAsync(profile, $"-cert {file} -key {key}");
        var (second, _) = await front.MeetAsync(pinned, $"-cert {file} -key {key}");
        var (third, _) = await front.MeetAsync(profile, $"-cert {file} -key {key}");

        Assert.True(first.Verdict.IsGranted);
        Assert.Equal(Refusal.ClientCertificateNotPinned, second.Verdict.Refusal);
        Assert.True(third.Verdict.IsGranted);
    }

    /// <summary>Otherwise it is in memory once for each of them, and they may last for days.</summary>
    [RequiresFact("openssl")]
    public async Task Sessions_share_the_certificate_of_one_peer_however_far_apart_they_begin()
    {
        using var bench = new EngineBench("openssl", "openssl");
        using var anna = bench.Authority.Client("anna");
        using var ben = bench.Authority.Client("ben");

        var shown = new List<nint>();
        foreach (var (who, at) in new[] { (anna, s_now), (ben, s_now), (anna, s_now.AddSeconds(1)), (anna, s_now.AddMinutes(1)) })
        {
            await bench.MeetAsync(
                server =>
                {
                    server.ClientCertificateRequired = true;
                    server.CertificateChainPolicy = CertificateJudge.PolicyFor(bench.Authority.Authorities, Purposes.Client, at, X509RevocationMode.NoCheck);
                    server.RemoteCertificateValidationCallback = (sender, sent, chain, errors) =>
                    {
                        // Kept, so that no other can come to lie where it was.
                        shown.Add(bench.Own(new X509Certificate2(sent!)).Handle);
                        return bench.Judge(sender, sent, chain, errors);
                    };
                },
                client => client.ClientCertificateContext = SslStreamCertificateContext.Create(who, additionalCertificates: null, offline: true));
        }

        Assert.Equal(4, shown.Count);
        Assert.NotEqual(shown[0], shown[1]);
        Assert.Equal(shown[0], shown[2]);
        Assert.Equal(shown[0], shown[3]);
    }

    public void Dispose()
    {
        _people.Dispose();
        _others.Dispose();
    }

    static ChainKey Key(X509Certificate2 certificate, X509Certificate2Collection intermediates, TestCertificates authority, System.Security.Cryptography.Oid purpose) =>
        ChainKey.Of(certificate, intermediates, CertificateJudge.PolicyFor(authority.Authorities, purpose, s_now, X509RevocationMode.NoCheck));

    (ChainKey Key, DateTime Now) Verify(X509Certificate2 certificate)
    {
        var policy = CertificateJudge.PolicyFor(_people.Authorities, Purposes.Client, s_now, X509RevocationMode.NoCheck);
        var key = ChainKey.Of(certificate, [], policy);
        var chain = new X509Chain { ChainPolicy = policy };
        Assert.True(chain.Build(certificate));
        _verified.Add(key, chain, SslPolicyErrors.None, policy.VerificationTime);
        return (key, policy.VerificationTime);
    }
}

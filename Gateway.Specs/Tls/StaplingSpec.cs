using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls.Revocation;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Specs.Tls;

/// <summary>Stapled answers of responders on both legs, by a real authority, over the OpenSSL engine.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The runner disposes of a spec by DisposeAsync.")]
public sealed class StaplingSpec : IAsyncLifetime
{
    GrantBench _grants = null!;
    OpenSslAuthority _authority = null!;

    [RequiresTheory("openssl")]
    [InlineData("server", "good", Refusal.None, "")]
    [InlineData("stapling", "good", Refusal.None, "")]
    [InlineData("server", "revoked", Refusal.UpstreamCertificateRevoked, "its authority revoked it, says the responder")]
    [InlineData("server", "garbage", Refusal.UpstreamStapleInvalid, "stapled: the responder's answer is of a kind that is not read")]
    [InlineData("stapling", "none", Refusal.UpstreamStapleInvalid, "it promises a stapled answer of its responder, and none was sent")]
    [InlineData("server", "none", Refusal.UpstreamRevocationUnknown, "no revocation list is named, and the responder does not answer")]
    public async Task What_an_upstream_staples_is_judged_and_saves_asking(string kind, string staple, Refusal refusal, string detail)
    {
        var own = await _authority.IssueAsync(kind, "upstream");
        if (staple == "revoked") await _authority.RevokeAsync(own.Certificate);
        var file = staple == "none" ? null : await _authority.AnswerAsync(own.Certificate);
        if (staple == "garbage") await File.WriteAllBytesAsync(file!, [0x30, 3, 10, 1, 0]);
        // Nobody answers at the responder's address.
        await using var upstream = await OpenSslServer.StartAsync(own, file is null ? [] : ["-status_file", file]);
        using var revocation = new CertificateRevocation(TimeProvider.System, NullLogger<CertificateRevocation>.Instance);
        var target = TestProfiles.Upstream(upstream.Port, [X509CertificateLoader.LoadCertificateFromFile(_authority.CertificateFile)])
            with
        { Revocation = new RevocationRules(RevocationRule.Hard, null) };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var verdict = await new UpstreamDialer(EngineBench.Engine("openssl"), revocation)
            .DialAsync(await _grants.GrantAsync(target), TimeProvider.System, deadline.Token);

        Assert.Equal((refusal, detail), (verdict.Refusal, verdict.Detail ?? ""));
        if (verdict.IsGranted) verdict.Value.Dispose();
    }

    [RequiresFact("openssl")]
    public async Task An_upstream_that_resumes_staples_nothing_and_its_responder_is_asked()
    {
        var own = await _authority.IssueAsync("stapling", "upstream");
        await using var upstream = await OpenSslServer.StartAsync(own, "-status_file", await _authority.AnswerAsync(own.Certificate), "-rev");
        await _authority.RespondAsync();
        using var revocation = new CertificateRevocation(TimeProvider.System, NullLogger<CertificateRevocation>.Instance);
        var target = TestProfiles.Upstream(upstream.Port, [X509CertificateLoader.LoadCertificateFromFile(_authority.CertificateFile)])
            with
        { Revocation = new RevocationRules(RevocationRule.Hard, null) };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var dialer = new UpstreamDialer(EngineBench.Engine("openssl"), revocation);
        var grant = await _grants.GrantAsync(target);
        using (var first = (await dialer.DialAsync(grant, TimeProvider.System, deadline.Token)).Value)
        {
            await first.Stream.WriteAsync("a\n"u8.ToArray(), deadline.Token);
            await first.Stream.ReadExactlyAsync(new byte[2], deadline.Token);
        }

        using var second = (await dialer.DialAsync(grant, TimeProvider.System, deadline.Token)).Value;

        Assert.True(second.IsResumed);
    }

    [RequiresFact("openssl")]
    public async Task Clients_that_ask_are_told_what_the_responder_says_of_the_gateway_and_none_waits_for_it()
    {
        var own = await _authority.IssueAsync("stapling", "localhost");
        await _authority.RespondAsync();
        using var certificate = X509Certificate2.CreateFromPemFile(own.Certificate, own.Key);
        var certificates = new FixedCertificates(certificate, [X509CertificateLoader.LoadCertificateFromFile(_authority.CertificateFile)]);
        using var front = new OpenSslFront(own: certificates);
        var profile = TestProfiles.For(TestProfiles.Tls13);

        var (first, toldNothing) = await front.MeetAsync(profile, "-status", trust: false);
        Assert.True(first.Verdict.IsGranted);
        Assert.DoesNotContain("OCSP Response Status: successful", toldNothing, StringComparison.Ordinal);

        await NoRevocation.Asked.Staples.RefreshAsync(certificates.Current, certificates.ClusterAuthorities);

        var (_, told) = await front.MeetAsync(profile, "-status", trust: false);
        Assert.Contains("OCSP Response Status: successful", told, StringComparison.Ordinal);
        Assert.Contains("Cert Status: good", told, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _grants = new GrantBench();
        _authority = await OpenSslAuthority.MakeAsync();
    }

    public async Task DisposeAsync()
    {
        await _authority.DisposeAsync();
        _grants.Dispose();
    }
}

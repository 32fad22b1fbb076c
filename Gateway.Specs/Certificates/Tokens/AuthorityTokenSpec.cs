using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Status;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Registry;
using Gateway.Actors.Tls.Revocation;
using Gateway.Specs.Certificates.Acme;
using Gateway.Specs.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Certificates.Tokens;

/// <summary>The cluster's own authority with its key in a real token.</summary>
public sealed class AuthorityTokenSpec : IAsyncLifetime, IDisposable
{
    readonly HeldRegistry _registry = new();
    readonly ClusterKey _key = ClusterKey.Ephemeral();
    readonly FakeTimeProvider _time = new();
    SoftHsm? _hsm;
    AuthorityToken? _token;

    SoftHsm Hsm => _hsm ?? throw new InvalidOperationException("It was not started.");

    AuthorityToken Token => _token ?? throw new InvalidOperationException("It was not started.");

    [RequiresFact("softhsm2-util")]
    public async Task Certificates_lists_and_answers_are_signed_in_the_token_and_the_registry_holds_no_key()
    {
        await StartAsync();
        Begin(1);
        var authority = _registry.Current.Certificates.Authorities[1];
        var status = new AuthorityStatus(_registry, _key, TimeProvider.System, NullLogger<AuthorityStatus>.Instance, Token);

        using var issued = await Source(Token).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None);

        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
        using var intermediate = X509CertificateLoader.LoadCertificate(authority.Chain[0].Span);
        Assert.True(IsTrusted(leaf, authority));
        Assert.Equal(RevocationState.Good, RevocationList.Parse(status.ListOf(1)!).Judge(leaf, intermediate, TimeProvider.System.GetUtcNow()).State);
        Assert.Equal(
            RevocationState.Good,
            OcspMessages.Judge(status.AnswerTo(OcspMessages.Ask(leaf, intermediate)), leaf, intermediate, TimeProvider.System.GetUtcNow()).Finding.State);
        Assert.Equal("pkcs11:authority-1", Encoding.ASCII.GetString(_key.OpenBytes("gateway.authority.1", "1", authority.SealedKey.Span)!));
    }

    [RequiresFact("softhsm2-util")]
    public async Task A_key_that_is_there_is_used_and_each_authority_has_its_own()
    {
        await StartAsync();

        var (first, again, second) = (Begin(1), Begin(1), Begin(2));

        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
    }

    [RequiresFact("softhsm2-util")]
    public async Task Another_node_signs_with_the_same_token_and_one_without_says_what_is_missing()
    {
        await StartAsync();
        Begin(1);
        _token!.Dispose();
        using var another = new AuthorityToken(Hsm.Options, TimeProvider.System);

        using var issued = await Source(another).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None);

        using var leaf = X509CertificateLoader.LoadCertificate(issued.Certificates[0].Span);
        Assert.True(IsTrusted(leaf, _registry.Current.Certificates.Authorities[1]));
        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => Source(null).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None));
        Assert.Contains("set Certificates:Token on this node too", refused.Message, StringComparison.Ordinal);
    }

    [RequiresFact("softhsm2-util")]
    public async Task What_the_token_refuses_is_told_by_its_word_and_the_pin_by_nobody()
    {
        await StartAsync();
        Begin(1);
        Hsm.ForgetPin();

        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => Source(Token).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None));

        Assert.Equal("the token gateway spec does not do it (CKR_PIN_INCORRECT)", refused.Message);
    }

    [RequiresFact("softhsm2-util")]
    public async Task A_refused_login_is_told_again_for_a_minute_without_asking_the_token()
    {
        await StartAsync();
        Begin(1);
        Hsm.ForgetPin();
        await RefusedAsync();

        // Who asked the token now would be let in.
        Hsm.TakeForgottenPin();
        _time.Advance(TimeSpan.FromSeconds(59));
        await RefusedAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        using var issued = await Source(Token).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None);
        Assert.Equal(2, issued.Certificates.Count);
    }

    [RequiresFact("softhsm2-util")]
    public async Task A_corrected_pin_is_tried_at_once()
    {
        await StartAsync();
        Begin(1);
        Hsm.ForgetPin();
        await RefusedAsync();

        Hsm.RememberPin();

        using var issued = await Source(Token).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None);
        Assert.Equal(2, issued.Certificates.Count);
    }

    [RequiresFact("softhsm2-util")]
    public async Task A_token_or_library_that_is_not_there_is_named()
    {
        await StartAsync();
        using var nowhere = new AuthorityToken(Hsm.Options with { TokenLabel = "other" }, TimeProvider.System);
        using var broken = new AuthorityToken(Hsm.Options with { ModulePath = "/usr/lib/none.so" }, TimeProvider.System);

        Assert.Contains("has no token other", Assert.Throws<CertificateSourceException>(() => Begin(1, nowhere)).Message, StringComparison.Ordinal);
        Assert.StartsWith("the token gateway spec does not do it (", Assert.Throws<CertificateSourceException>(() => Begin(1, broken)).Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public void Dispose() => _token?.Dispose();

    public Task DisposeAsync()
    {
        _hsm?.Dispose();
        return Task.CompletedTask;
    }

    async Task StartAsync()
    {
        _hsm = await SoftHsm.StartAsync();
        _token = new AuthorityToken(_hsm.Options, _time);
    }

    async Task RefusedAsync()
    {
        var refused = await Assert.ThrowsAsync<CertificateSourceException>(() => Source(Token).IssueAsync(AcmeOrders.For("edge.test"), CancellationToken.None));
        Assert.Equal("the token gateway spec does not do it (CKR_PIN_INCORRECT)", refused.Message);
    }

    InternalSource Source(AuthorityToken? token) => new(_registry, _key, _ => [], TimeProvider.System, token);

    /// <summary>Begins an authority; its public key, in hex.</summary>
    string Begin(uint generation, AuthorityToken? token = null)
    {
        _registry.Do(InternalSource.Begin(generation, signs: generation == 1, _key, SampleRegistry.Act, TimeProvider.System.GetUtcNow(), token ?? Token));
        using var intermediate = X509CertificateLoader.LoadCertificate(_registry.Current.Certificates.Authorities[generation].Chain[0].Span);
        return Convert.ToHexString(SHA256.HashData(intermediate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    static bool IsTrusted(X509Certificate2 leaf, ManagedAuthority authority)
    {
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(authority.Chain[1].Span));
        chain.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(authority.Chain[0].Span));
        return chain.Build(leaf);
    }
}

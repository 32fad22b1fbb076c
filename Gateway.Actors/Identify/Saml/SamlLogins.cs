using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Actors.Identify.Saml;

/// <summary>
/// Logins by SAML from the question to the token, on any node of the cluster: what a browser must bring back is sealed in its own cookie,
/// and what may be used once lies in the shared database. Safe for use from several threads.
/// </summary>
public sealed class SamlLogins
{
    readonly SamlOptions _options;
    readonly TokenKey _key;
    readonly ILoginStore _store;
    readonly TimeProvider _time;
    readonly LoginSeal _seal;

    public SamlLogins(SamlOptions options, TokenKey key, ILoginStore store, TimeProvider time)
    {
        (_options, _key, _store, _time) = (options, key, store, time);
        _seal = new LoginSeal(key.Derive("gateway saml login 1"));
    }

    public IReadOnlyList<SamlProviderOptions> Providers => _options.Providers;

    /// <summary>What verifies the tokens that are issued here.</summary>
    public PublishedKey Published => _key.Published;

    /// <summary>How tokens of these providers are verified: as those of any other issuer.</summary>
    public static IReadOnlyList<TrustedIssuer> Issuers(SamlOptions options, TokenKey key) =>
    [
        .. options.Providers.Select(provider => Service(options, provider)).Select(service => new TrustedIssuer(
            new IssuerOptions { Name = service.Provider, Authority = service.Issuer, Audience = options.PublicUrl!, Algorithms = ["ES256"], ClockSkew = TimeSpan.FromSeconds(5) }, key)),
    ];

    public SamlProviderOptions? Find(string name) => _options.Providers.FirstOrDefault(provider => provider.Name == name);

    public SamlService ServiceOf(SamlProviderOptions provider) => Service(_options, provider);

    public byte[] Metadata(SamlProviderOptions provider) => SamlMessages.Metadata(ServiceOf(provider));

    /// <summary>The address to send the browser to, and the cookie it must bring back.</summary>
    public (string Address, string Cookie) Begin(SamlProviderOptions provider, LoopbackLogin asked)
    {
        var now = _time.GetUtcNow();
        // An xs:ID begins with no digit; 160 random bits are what core section 1.3.4 asks for at most.
        var id = $"_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20))}";
        var cookie = _seal.Seal(new BegunLogin(provider.Name, id, asked, now + SamlLimits.Login));
        return (SamlMessages.LoginAddress(provider.SingleSignOnUrl, id, provider.SingleSignOnUrl, ServiceOf(provider), now), cookie);
    }

    /// <summary>
    /// Judges a provider's response, the form field <c>SAMLResponse</c>. A sound one yields a code, good for one token and for a minute, that is
    /// worth nothing without the verifier.
    /// </summary>
    public async Task<SamlOutcome> FinishAsync(SamlProviderOptions provider, string field, string? cookie, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        if (_seal.Open(cookie, now) is not { } begun || begun.Provider != provider.Name)
            return new(null, new Refused(Refusal.AssertionUnsolicited, "this browser began no login here that still waits for an answer"));
        if (Decode(field) is not { } bytes)
            return new(begun.Asked, new Refused(Refusal.AssertionMalformed, $"the response is no base64 of up to {SamlLimits.Response} bytes"));
        var judged = SamlResponse.Judge(bytes, Expectations(provider, begun), now);
        if (!judged.IsGranted) return new(begun.Asked, new Refused(judged.Refusal, judged.Detail));
        if (!await _store.SpendAsync($"assertion:{provider.Name}:{Hash(judged.Value.Id)}", judged.Value.Until, cancel))
            return new(begun.Asked, new Refused(Refusal.AssertionReplayed, "the assertion has been used before"));
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var kept = new SamlCode(provider.Name, judged.Value.Name, judged.Value.Groups, begun.Asked, judged.Value.SessionUntil);
        await _store.KeepAsync($"code:{Hash(code)}", JsonSerializer.Serialize(kept, BegunLoginJson.Default.SamlCode), now + SamlLimits.Code, cancel);
        return new(begun.Asked, code);
    }

    /// <summary>The token for a code and its verifier; null when they are no good. A code that was tried is gone.</summary>
    public async Task<(string Token, DateTimeOffset Until)?> RedeemAsync(SamlProviderOptions provider, string code, string verifier, CancellationToken cancel)
    {
        if (await _store.TakeAsync($"code:{Hash(code)}", cancel) is not { } kept) return null;
        if (JsonSerializer.Deserialize(kept, BegunLoginJson.Default.SamlCode) is not { } login) return null;
        if (login.Provider != provider.Name || !login.Asked.IsProvenBy(verifier)) return null;
        var now = _time.GetUtcNow();
        var until = now + _options.TokenLifetime;
        if (login.SessionUntil is { } end && end < until) until = end;
        if (until <= now) return null;
        var service = ServiceOf(provider);
        return (_key.Sign(new OwnToken(service.Issuer, service.PublicUrl, login.Name, login.Groups, now, until)), until);
    }

    static SamlService Service(SamlOptions options, SamlProviderOptions provider) => new(options.PublicUrl!, provider.Name);

    // The certificates are read for each login: they are few, and a provider's new one counts without a restart.
    SamlExpectations Expectations(SamlProviderOptions provider, BegunLogin begun) => new()
    {
        Issuer = provider.EntityId.Trim(),
        Certificates = [.. Pinned(provider.CertificatesFile)],
        Audience = ServiceOf(provider).EntityId,
        Recipient = ServiceOf(provider).ConsumerUrl,
        InResponseTo = begun.RequestId,
        NameAttribute = provider.NameAttribute,
        GroupsAttribute = provider.GroupsAttribute,
        ClockSkew = provider.ClockSkew,
    };

    static X509Certificate2Collection Pinned(string file)
    {
        var certificates = ConfiguredFiles.Certificates(file, out var problem);
        return problem is { } found ? throw new InvalidDataException($"{found.Problem}; {found.Remedy}.") : certificates;
    }

    static byte[]? Decode(string field)
    {
        if (field.Length is 0 or > SamlLimits.Field) return null;
        var bytes = new byte[field.Length];
        return Convert.TryFromBase64String(field, bytes, out var count) && count <= SamlLimits.Response ? bytes[..count] : null;
    }

    static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}

/// <summary>How a login went.</summary>
/// <param name="Asked">Who waits for it; null when that is not known.</param>
/// <param name="Code">What is redeemed for a token, or why there is none.</param>
public sealed record SamlOutcome(LoopbackLogin? Asked, Verdict<string> Code);

/// <summary>A sound assertion, as it waits to be redeemed.</summary>
sealed record SamlCode(string Provider, string Name, IReadOnlyList<string> Groups, LoopbackLogin Asked, DateTimeOffset? SessionUntil);

using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// The requests of RFC 8555, one method each, for one account at one server. It takes no decision and waits for nothing but answers;
/// <see cref="AcmeIssuing"/> does. For one caller at a time. Every method throws <see cref="AcmeException"/> when the server refuses or says what it
/// should not.
/// </summary>
sealed class AcmeClient : IDisposable
{
    readonly AcmeTransport _transport;

    AcmeClient(AcmeTransport transport, AcmeDirectory directory) => (_transport, Directory) = (transport, directory);

    public AcmeDirectory Directory { get; }

    /// <summary>Signs requests; to be set before the first that an account is needed for.</summary>
    public AcmeSigner? Account { get; set; }

    /// <summary>Reads the directory.</summary>
    public static async Task<AcmeClient> OpenAsync(Uri directory, string? authoritiesFile, TimeProvider time, CancellationToken cancel)
    {
        var transport = new AcmeTransport(authoritiesFile, time);
        try
        {
            var read = AcmeDirectory.Read((await transport.GetAsync(directory, cancel).ConfigureAwait(false)).Body);
            transport.NewNonce = read.NewNonce;
            return new AcmeClient(transport, read);
        }
        catch
        {
            transport.Dispose();
            throw;
        }
    }

    /// <summary>Makes the key's account, or finds the one it has. Returns its URL. RFC 8555 section 7.3.</summary>
    public async Task<Uri> RegisterAsync(AcmeAccountKey key, AcmeRegistration registration, CancellationToken cancel)
    {
        var asked = new JsonObject { ["termsOfServiceAgreed"] = registration.TermsAgreed };
        if (registration.Contacts.Count > 0) asked["contact"] = new JsonArray([.. registration.Contacts.Select(contact => JsonValue.Create(contact))]);
        if (registration.ExternalAccount is { } external)
            asked["externalAccountBinding"] = Jws.Bind(key, external.Id, external.Key, Directory.NewAccount);
        var answer = await _transport.PostAsync(Directory.NewAccount, new AcmeSigner(key, null), asked, cancel).ConfigureAwait(false);
        return answer.Location ?? throw new AcmeException("the account has no https URL");
    }

    /// <summary>The URL of the account that a key has; null when it has none. RFC 8555 section 7.3.1.</summary>
    public async Task<Uri?> FindAccountAsync(AcmeAccountKey key, CancellationToken cancel)
    {
        try
        {
            var asked = new JsonObject { ["onlyReturnExisting"] = true };
            return (await _transport.PostAsync(Directory.NewAccount, new AcmeSigner(key, null), asked, cancel).ConfigureAwait(false)).Location;
        }
        catch (AcmeException e) when (e.Problem == "accountDoesNotExist")
        {
            return null;
        }
    }

    /// <summary>From now on the account is the next key's. RFC 8555 section 7.3.5.</summary>
    public async Task ChangeKeyAsync(AcmeAccountKey next, CancellationToken cancel)
    {
        var account = Signer.Account!;
        var change = new JsonObject { ["account"] = account.OriginalString, ["oldKey"] = JsonNode.Parse(Signer.Key.Jwk) };
        var proof = Jws.Sign(next, account: null, Directory.KeyChange, nonce: null, change);
        await _transport.PostAsync(Directory.KeyChange, Signer, proof, cancel).ConfigureAwait(false);
        Account = new AcmeSigner(next, account);
    }

    /// <param name="names">DNS names and addresses.</param>
    /// <param name="replaces">The certificate it takes the place of (RFC 9773 section 5); null for none.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<AcmeOrder> OrderAsync(IReadOnlyList<string> names, string? replaces, CancellationToken cancel)
    {
        var asked = new JsonObject { ["identifiers"] = new JsonArray([.. names.Select(AcmeIdentifier.ToJson)]) };
        if (replaces is not null) asked["replaces"] = replaces;
        var answer = await _transport.PostAsync(Directory.NewOrder, Signer, asked, cancel).ConfigureAwait(false);
        return AcmeOrder.Read(answer.Location ?? throw new AcmeException("the order has no https URL"), answer);
    }

    public async Task<AcmeOrder> ReadOrderAsync(Uri order, CancellationToken cancel) =>
        AcmeOrder.Read(order, await _transport.PostAsync(order, Signer, payload: null, cancel).ConfigureAwait(false));

    public async Task<AcmeAuthorization> ReadAuthorizationAsync(Uri authorization, CancellationToken cancel) =>
        AcmeAuthorization.Read(authorization, await _transport.PostAsync(authorization, Signer, payload: null, cancel).ConfigureAwait(false));

    /// <summary>Tells the server that the challenge's answer can be had.</summary>
    public Task ValidateAsync(AcmeChallenge challenge, CancellationToken cancel) => _transport.PostAsync(challenge.Url, Signer, [], cancel);

    /// <param name="order">All its authorizations are valid.</param>
    /// <param name="request">PKCS #10 in DER.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<AcmeOrder> FinalizeAsync(AcmeOrder order, byte[] request, CancellationToken cancel)
    {
        var asked = new JsonObject { ["csr"] = Base64Url.EncodeToString(request) };
        return AcmeOrder.Read(order.Url, await _transport.PostAsync(order.Finalize, Signer, asked, cancel).ConfigureAwait(false));
    }

    /// <summary>The chain; the first that leads to the preferred root, where there is one and the server has such a chain.</summary>
    public async Task<IReadOnlyList<byte[]>> DownloadAsync(Uri certificate, string? preferredRoot, CancellationToken cancel)
    {
        var answer = await FetchChainAsync(certificate, cancel).ConfigureAwait(false);
        var first = AcmeChain.Read(answer);
        if (preferredRoot is null || AcmeChain.LeadsTo(first, preferredRoot)) return first;
        foreach (var alternate in answer.Alternates)
        {
            var other = AcmeChain.Read(await FetchChainAsync(alternate, cancel).ConfigureAwait(false));
            if (AcmeChain.LeadsTo(other, preferredRoot)) return other;
        }

        return first;
    }

    /// <param name="certificate">DER.</param>
    /// <param name="reason">RFC 5280 section 5.3.1.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public Task RevokeAsync(byte[] certificate, int reason, CancellationToken cancel) => _transport.PostAsync(
        Directory.RevokeCert, Signer, new JsonObject { ["certificate"] = Base64Url.EncodeToString(certificate), ["reason"] = reason }, cancel);

    /// <summary>When the server suggests to renew; null where it has no opinion. RFC 9773 section 4.</summary>
    public async Task<AcmeRenewalInfo?> RenewalInfoAsync(string certificateId, CancellationToken cancel)
    {
        if (Directory.RenewalInfo is not { } url) return null;
        var asked = AcmeText.Url($"{url.OriginalString.TrimEnd('/')}/{certificateId}") ?? throw new AcmeException("the URL of renewal information is too long");
        return AcmeRenewalInfo.Read(await _transport.GetAsync(asked, cancel).ConfigureAwait(false));
    }

    /// <summary>What answers a challenge of that token for this account.</summary>
    public string Authorize(string token) => Signer.Key.Authorize(token);

    public void Dispose() => _transport.Dispose();

    AcmeSigner Signer => Account ?? throw new InvalidOperationException("There is no account yet.");

    Task<AcmeAnswer> FetchChainAsync(Uri url, CancellationToken cancel) =>
        _transport.PostAsync(url, Signer, payload: null, cancel, accept: AcmeChain.MediaType);
}

/// <summary>What an account is made with.</summary>
/// <param name="Contacts">URLs such as <c>mailto:ops@example.org</c>.</param>
/// <param name="TermsAgreed">The operator agrees to the server's terms.</param>
/// <param name="ExternalAccount">The account that the server's operator knows; null for none.</param>
sealed record AcmeRegistration(IReadOnlyList<string> Contacts, bool TermsAgreed, ExternalAccount? ExternalAccount);

/// <summary>An account outside of ACME. RFC 8555 section 7.3.4.</summary>
/// <param name="Id">What its operator calls it.</param>
/// <param name="Key">The secret shared with that operator.</param>
sealed record ExternalAccount(string Id, byte[] Key);

using System.Buffers.Text;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Certificates.Acme;

/// <summary>
/// A configured ACME server and this cluster's account there, which is made when it is first needed. Its key is kept before the server hears of it, so
/// that an interruption at any point loses no account. Safe for use from several threads.
/// </summary>
sealed class AcmeIssuer(AcmeOptions options, IAcmeAccounts accounts, TimeProvider time) : IDisposable
{
    /// <summary>Bytes of the file of an external account's key.</summary>
    const int LargestKeyFile = 4096;

    readonly SemaphoreSlim _one = new(1);

    public AcmeOptions Options => options;

    /// <summary>Does something with the account; once more, when the server has forgotten it meanwhile and made it anew.</summary>
    public async Task<T> WithAccountAsync<T>(Func<AcmeClient, Task<T>> act, CancellationToken cancel)
    {
        using var client = await OpenAsync(cancel).ConfigureAwait(false);
        await SignInAsync(client, isForgotten: false, cancel).ConfigureAwait(false);
        using var first = client.Account!.Key;
        try
        {
            return await act(client).ConfigureAwait(false);
        }
        catch (AcmeException e) when (e.Problem == "accountDoesNotExist")
        {
            await SignInAsync(client, isForgotten: true, cancel).ConfigureAwait(false);
            using var second = client.Account.Key;
            return await act(client).ConfigureAwait(false);
        }
    }

    /// <summary>What needs no account.</summary>
    public async Task<T> AskAsync<T>(Func<AcmeClient, Task<T>> act, CancellationToken cancel)
    {
        using var client = await OpenAsync(cancel).ConfigureAwait(false);
        return await act(client).ConfigureAwait(false);
    }

    /// <summary>Gives the account a new key. The old one signs nothing more once this returns.</summary>
    public Task ChangeKeyAsync(CancellationToken cancel) => WithAccountAsync(
        async client =>
        {
            await _one.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                var kept = await accounts.FindAsync(options.Name, cancel).ConfigureAwait(false) ?? throw new AcmeException("the account is gone");
                using var next = AcmeAccountKey.Create();
                await accounts.KeepAsync(options.Name, kept with { NextKey = next.ExportPem() }, cancel).ConfigureAwait(false);
                await client.ChangeKeyAsync(next, cancel).ConfigureAwait(false);
                await KeepChangedAsync(kept, next, cancel).ConfigureAwait(false);
                return true;
            }
            finally
            {
                _one.Release();
            }
        },
        cancel);

    // Another node may have needed the account just before the server heard of the key, taken the change for interrupted and dropped it: then
    // the key is kept as the next one again, and whoever signs in next settles it.
    async Task KeepChangedAsync(AcmeAccount before, AcmeAccountKey next, CancellationToken cancel)
    {
        try
        {
            await accounts.KeepAsync(options.Name, before with { Key = next.ExportPem(), NextKey = null }, cancel).ConfigureAwait(false);
        }
        catch (AcmeException)
        {
            await accounts.KeepAsync(options.Name, before with { NextKey = next.ExportPem() }, cancel).ConfigureAwait(false);
        }
    }

    public void Dispose() => _one.Dispose();

    Task<AcmeClient> OpenAsync(CancellationToken cancel) => AcmeClient.OpenAsync(new Uri(options.Directory), options.AuthoritiesFile, time, cancel);

    async Task SignInAsync(AcmeClient client, bool isForgotten, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var kept = await accounts.FindAsync(options.Name, cancel).ConfigureAwait(false);
            // Another server's account is no account here; the directory is what tells servers apart.
            if (kept is null || kept.Directory != options.Directory) kept = await BeginAsync(cancel).ConfigureAwait(false);
            if (kept.NextKey is not null) kept = await ResumeChangeAsync(client, kept, cancel).ConfigureAwait(false);
            if (kept.Url is null || isForgotten) kept = await RegisterAsync(client, kept, cancel).ConfigureAwait(false);
            var url = AcmeText.Url(kept.Url) ?? throw new AcmeException("the account that was kept has no https URL");
            client.Account = new AcmeSigner(Key(kept.Key), url);
        }
        finally
        {
            _one.Release();
        }
    }

    async Task<AcmeAccount> BeginAsync(CancellationToken cancel)
    {
        using var key = AcmeAccountKey.Create();
        var account = new AcmeAccount { Directory = options.Directory, Key = key.ExportPem() };
        await accounts.KeepAsync(options.Name, account, cancel).ConfigureAwait(false);
        return account;
    }

    // A change of keys was interrupted: which key the account has is the server's to say.
    async Task<AcmeAccount> ResumeChangeAsync(AcmeClient client, AcmeAccount kept, CancellationToken cancel)
    {
        using var next = Key(kept.NextKey!);
        var hasChanged = await client.FindAccountAsync(next, cancel).ConfigureAwait(false) is not null;
        var known = kept with { Key = hasChanged ? kept.NextKey! : kept.Key, NextKey = null };
        await accounts.KeepAsync(options.Name, known, cancel).ConfigureAwait(false);
        return known;
    }

    async Task<AcmeAccount> RegisterAsync(AcmeClient client, AcmeAccount kept, CancellationToken cancel)
    {
        if (client.Directory.Terms is { } terms && !options.TermsAgreed)
            throw new AcmeException($"the server's terms have to be agreed to: read {terms} and set Certificates:Acme:N:TermsAgreed");
        if (client.Directory.NeedsExternalAccount && options.ExternalAccountKeyFile is null)
            throw new AcmeException("the server wants an account of its operator: set Certificates:Acme:N:ExternalAccountKeyId and ExternalAccountKeyFile");
        using var key = Key(kept.Key);
        var contacts = options.Contact is { } contact ? new[] { $"mailto:{contact}" } : [];
        var url = await client.RegisterAsync(key, new AcmeRegistration(contacts, options.TermsAgreed, External()), cancel).ConfigureAwait(false);
        var account = kept with { Url = url.OriginalString };
        await accounts.KeepAsync(options.Name, account, cancel).ConfigureAwait(false);
        return account;
    }

    ExternalAccount? External()
    {
        if (options.ExternalAccountKeyFile is not { } file) return null;
        if (ConfiguredFiles.NotSecret(file) is { } problem) throw new AcmeException($"{problem.Problem}; {problem.Remedy}");
        return ExternalKeyOf(file) is { } key
            ? new ExternalAccount(options.ExternalAccountKeyId!, key)
            : throw new AcmeException($"{file} is no key in base 64");
    }

    /// <summary>The key of a file; null where it holds none, or is larger than any.</summary>
    internal static byte[]? ExternalKeyOf(string file) =>
        ConfiguredFiles.Text(file, LargestKeyFile) is { } text ? ExternalKey(text) : null;

    /// <summary>Servers' operators give it in base 64 for URLs; null when it is none, or shorter than 128 bits.</summary>
    static byte[]? ExternalKey(string text)
    {
        var trimmed = text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_');
        if (!AcmeText.IsBase64Url(trimmed, 1024) || trimmed.Length % 4 == 1) return null;
        return Base64Url.DecodeFromChars(trimmed) is { Length: >= 16 } key ? key : null;
    }

    static AcmeAccountKey Key(string pem)
    {
        try
        {
            return AcmeAccountKey.FromPem(pem);
        }
        catch (InvalidDataException e)
        {
            throw new AcmeException($"the account's key cannot be used: {e.Message}", e);
        }
    }
}

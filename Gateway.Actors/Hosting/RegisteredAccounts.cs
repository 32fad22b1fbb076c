using System.Security.Cryptography;
using System.Text;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>Keeps the cluster's accounts at ACME servers in the registry, their keys sealed with the cluster's key.</summary>
sealed class RegisteredAccounts(IRegistry registry, IRegistryCommands commands, ClusterKey key, NodeIdentity identity, TimeProvider time) : IAcmeAccounts
{
    public Task<AcmeAccount?> FindAsync(string issuer, CancellationToken cancel) => Task.FromResult(
        registry.Current.Certificates.Accounts.TryGetValue(issuer, out var kept) ? Opened(kept) : null);

    public async Task KeepAsync(string issuer, AcmeAccount account, CancellationToken cancel)
    {
        var before = registry.Current.Certificates.Accounts.GetValueOrDefault(issuer);
        var kept = new AcmeAccountKept
        {
            Act = Act(),
            Issuer = issuer,
            Directory = account.Directory,
            Url = account.Url,
            SealedKey = Sealed(before, issuer, account.Key),
            SealedNextKey = account.NextKey is { } next ? Sealed(before, issuer, next) : ReadOnlyMemory<byte>.Empty,
        };
        var answer = await commands.ChangeAsync([kept], basis: null, cancel).ConfigureAwait(false);
        if (!answer.IsDone) throw new AcmeException($"the account could not be kept: {answer.Detail}");
    }

    AcmeAccount Opened(AcmeAccountKept kept) => new()
    {
        Directory = kept.Directory,
        Url = kept.Url,
        Key = Opened(kept.Issuer, kept.SealedKey),
        NextKey = kept.SealedNextKey.IsEmpty ? null : Opened(kept.Issuer, kept.SealedNextKey),
    };

    // A key that is kept already stays sealed as it is: by that the registry knows which key takes over from which.
    ReadOnlyMemory<byte> Sealed(AcmeAccountKept? before, string issuer, string pem)
    {
        if (before is not null && IsKept(issuer, before.SealedKey, pem)) return before.SealedKey;
        if (before is { SealedNextKey.IsEmpty: false } && IsKept(issuer, before.SealedNextKey, pem)) return before.SealedNextKey;
        var plain = Encoding.ASCII.GetBytes(pem);
        try
        {
            return key.SealAccount(issuer, plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    bool IsKept(string issuer, ReadOnlyMemory<byte> sealedKey, string pem) =>
        key.OpenAccount(issuer, sealedKey) is { } plain && Text(plain) == pem;

    string Opened(string issuer, ReadOnlyMemory<byte> sealedKey)
    {
        var plain = key.OpenAccount(issuer, sealedKey)
            ?? throw new AcmeException("the account's key was not sealed with this node's cluster key; give all nodes one key");
        return Text(plain);
    }

    static string Text(byte[] plain)
    {
        try
        {
            return Encoding.ASCII.GetString(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    Act Act() => Protocols.Journal.Act.OfGateway("rotation", UnixMicros.Of(time.GetUtcNow()), identity.Key);
}

using System.Security.Cryptography;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Registry;

/// <summary>Something of the registry that is kept sealed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; empty for an authority.</param>
/// <param name="Number">A certificate's version or an authority's generation; 0 for anything else.</param>
/// <param name="Bytes">As it is sealed.</param>
public sealed record SealedThing(ResealedKind Kind, string Name, uint Number, ReadOnlyMemory<byte> Bytes);

/// <summary>Everything in the registry that the cluster's key seals, and how it is sealed again. Pure.</summary>
static class SealedThings
{
    public static IEnumerable<SealedThing> Of(RegistrySnapshot now)
    {
        var certificates = now.Certificates;
        foreach (var secret in now.Secrets.Values) yield return new(ResealedKind.Secret, secret.Name, 0, secret.Sealed);
        foreach (var certificate in certificates.All.Values)
        {
            foreach (var version in certificate.Versions)
                yield return new(ResealedKind.Certificate, certificate.Name, version.Number, version.SealedKey);
        }

        foreach (var authority in certificates.Authorities.Values)
            yield return new(ResealedKind.Authority, "", authority.Generation, authority.SealedKey);
        foreach (var account in certificates.Accounts.Values)
        {
            yield return new(ResealedKind.Account, account.Issuer, 0, account.SealedKey);
            if (!account.SealedNextKey.IsEmpty) yield return new(ResealedKind.NextAccount, account.Issuer, 0, account.SealedNextKey);
        }
    }

    /// <summary>What is sealed there now; null when it is there no more.</summary>
    public static ReadOnlyMemory<byte>? Find(RegistrySnapshot now, ResealedKind kind, string name, uint number)
    {
        var certificates = now.Certificates;
        return kind switch
        {
            ResealedKind.Secret => now.Secrets.GetValueOrDefault(name)?.Sealed,
            ResealedKind.Certificate => certificates.All.GetValueOrDefault(name)?.Versions.Find(v => v.Number == number)?.SealedKey,
            ResealedKind.Authority => certificates.Authorities.GetValueOrDefault(number)?.SealedKey,
            ResealedKind.Account => certificates.Accounts.GetValueOrDefault(name)?.SealedKey,
            ResealedKind.NextAccount => certificates.Accounts.GetValueOrDefault(name) is { SealedNextKey.IsEmpty: false } account
                ? account.SealedNextKey
                : null,
            _ => null,
        };
    }

    /// <summary>Whether what is sealed is still what the act was decided on.</summary>
    public static bool IsStill(RegistrySnapshot now, Resealed act) =>
        Find(now, act.Kind, act.Name, act.Number) is { } bytes && SHA256.HashData(bytes.Span).AsSpan().SequenceEqual(act.Replaces.Span);
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Tokens;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>What operators do to managed certificates beside declaring them. Everything is an act of the registry.</summary>
public sealed class CertificateOrders(IRegistry registry, IRegistryCommands commands, ClusterKey key, RegisteredCertificates declarations, TimeProvider time, AuthorityToken? token = null)
{
    /// <summary>Has a new version made at once.</summary>
    public Task<RegistryAnswer> RotateAsync(string name, Act act, CancellationToken cancel)
    {
        if (Find(name) is { } certificate && declarations.Read(certificate) is { IsRenewed: false } profile)
        {
            var remedy = profile.Source == CertificateOrigin.Files ? "replace the files on each node" : $"hand in a new one with: gateway certs import {name}";
            return Refuse(RegistryOutcome.Invalid, $"Certificate {name} is not made by the cluster; {remedy}.");
        }

        return commands.ChangeAsync([new RotationOrdered { Act = act, Name = name }], null, cancel);
    }

    /// <summary>Takes it away, unless a connection names it.</summary>
    public Task<RegistryAnswer> RemoveAsync(string name, IReadOnlyList<ConnectionProfile> connections, Act act, CancellationToken cancel) =>
        connections.FirstOrDefault(c => c.ClientTls.Certificate == name || c.Upstream.Certificate == name) is { } user
            ? Refuse(RegistryOutcome.Invalid, $"Connection {user.Name} presents certificate {name}; change or remove the connection first.")
            : commands.ChangeAsync([new CertificateRemoved { Act = act, Name = name }], null, cancel);

    /// <summary>Makes what was handed in the next version; declares the certificate as imported where it is not there.</summary>
    /// <param name="name">The certificate.</param>
    /// <param name="chain">DER, the certificate itself first.</param>
    /// <param name="pkcs8">Its key, DER.</param>
    /// <param name="use">What it is for, where there is no declaration.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<RegistryAnswer> ImportAsync(
        string name, IReadOnlyList<ReadOnlyMemory<byte>> chain, byte[] pkcs8, CertificateUse use, Act act, CancellationToken cancel)
    {
        if (name == declarations.NodeCertificate)
            return await Refuse(RegistryOutcome.Invalid, $"Certificate {name} stands for the nodes: only the cluster itself makes it. Import under another name.");
        var known = Find(name);
        var profile = known is null ? null : declarations.Read(known);
        if (profile is { Source: not CertificateOrigin.Imported })
        {
            return await Refuse(
                RegistryOutcome.Invalid, $"Certificate {name} is declared with source {profile.Source.ToString().ToLowerInvariant()}; import under another name.");
        }

        var opened = ChainCheck.Open(chain, pkcs8, profile?.Names ?? [], profile?.Use ?? use, time.GetUtcNow(), out var problem);
        if (opened is null) return await Refuse(RegistryOutcome.Invalid, $"The certificate {problem}; hand in one that fits.");
        opened.Certificate.Dispose();
        var events = new List<RegistryEvent>();
        if (known is null) events.Add(new CertificatePut { Act = act, Name = name, Document = Declaration(name, use) });
        var version = registry.Current.Certificates.LastVersion(name) + 1;
        events.Add(new CertificateIssued
        {
            Act = act,
            Name = name,
            Version = version,
            Chain = chain,
            SealedKey = key.SealFor(name, version, pkcs8),
            Generation = 0,
        });
        return await commands.ChangeAsync(events, null, cancel);
    }

    /// <summary>The active version's private key (PKCS #8), which the caller clears, once that is recorded; an answer that says why not otherwise.</summary>
    public async Task<(byte[]? Key, uint Version, RegistryAnswer Answer)> ExportKeyAsync(string name, Act act, CancellationToken cancel)
    {
        if (name == declarations.NodeCertificate)
            return (null, 0, await Refuse(RegistryOutcome.Invalid, $"Certificate {name} stands for the nodes: whoever had its key would be one. It is not given out."));
        if (Find(name)?.Active is not { } active) return (null, 0, await Refuse(RegistryOutcome.NotFound, $"There is no active version of a certificate {name}."));
        var recorded = new ActRecorded { Act = act, Kind = ActKind.CertificateKeyExported, Target = name, Detail = $"version {active.Number}" };
        var answer = await commands.ChangeAsync([recorded], null, cancel);
        if (!answer.IsDone) return (null, 0, answer);
        var pkcs8 = key.OpenFor(name, active.Number, active.SealedKey);
        return pkcs8 is not null
            ? (pkcs8, active.Number, answer)
            : (null, 0, await Refuse(RegistryOutcome.Invalid, $"The key of certificate {name} was not sealed with this node's cluster key; ask another node."));
    }

    /// <summary>Begins a roll-over: a new authority, made here or elsewhere, is trusted beside the one that signs.</summary>
    /// <param name="made">Its chain, and the intermediate with its key; null: it is made here.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task<RegistryAnswer> BeginAuthorityAsync((IReadOnlyList<ReadOnlyMemory<byte>> Chain, X509Certificate2 Intermediate)? made, Act act, CancellationToken cancel)
    {
        var now = registry.Current.Certificates;
        if (now.Authorities.Values.FirstOrDefault(a => a.Stage is AuthorityStage.Prepared or AuthorityStage.Replaced) is { } other)
            return Refuse(RegistryOutcome.Invalid, $"Authority {other.Generation} is still {other.Stage!.Value.Word()}; finish that roll-over with: gateway certs authority advance, or back.");
        var generation = (uint)now.Authorities.Count + 1;
        var signs = now.Signing is null;
        try
        {
            var events = made is var (chain, intermediate)
                ? InternalSource.Begin(generation, signs, key, chain, intermediate, act)
                : InternalSource.Begin(generation, signs, key, act, time.GetUtcNow(), token);
            return commands.ChangeAsync(events, null, cancel);
        }
        catch (Exception e) when (e is CryptographicException or CertificateSourceException)
        {
            return Refuse(RegistryOutcome.Invalid, $"The authority cannot be used: {e.Message}");
        }
    }

    /// <summary>Takes a roll-over one stage on, or back.</summary>
    public Task<RegistryAnswer> StepAuthorityAsync(bool back, Act act, CancellationToken cancel)
    {
        var (stages, problem) = AuthorityPlan.Step(registry.Current.Certificates, back);
        return problem is { } fault
            ? Refuse(RegistryOutcome.Invalid, fault)
            : commands.ChangeAsync([.. stages.Select(s => new AuthorityStaged { Act = act, Generation = s.Generation, Stage = s.Stage })], null, cancel);
    }

    ManagedCertificate? Find(string name) => registry.Current.Certificates.All.GetValueOrDefault(name);

    Task<RegistryAnswer> Refuse(RegistryOutcome outcome, string detail) => Task.FromResult(new RegistryAnswer(outcome, registry.Current.Revision, detail));

    // In the canonical form, as if it had been applied.
    static string Declaration(string name, CertificateUse use) =>
        $"apiVersion: gateway/v1\nkind: Certificate\nmetadata:\n  name: {name}\nspec:\n  source: imported\n  use: {use.ToString().ToLowerInvariant()}\n";
}

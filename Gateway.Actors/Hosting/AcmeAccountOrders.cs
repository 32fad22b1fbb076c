using Gateway.Actors.Certificates;
using Gateway.Actors.Certificates.Acme;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>What operators do to the cluster's accounts at ACME servers.</summary>
public sealed class AcmeAccountOrders(IRegistry registry, IRegistryCommands commands, AcmeSource acme)
{
    /// <summary>
    /// Gives the account another key (RFC 8555 section 7.3.5), once it is recorded that somebody wants that. The old one signs nothing more
    /// when this returns as done; when it does not, whoever uses the account next finds out from the server which key it has.
    /// </summary>
    /// <param name="issuer">The configured name of the server.</param>
    /// <param name="act">Who does it.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<RegistryAnswer> ChangeKeyAsync(string issuer, Act act, CancellationToken cancel)
    {
        if (!registry.Current.Certificates.Accounts.TryGetValue(issuer, out var account) || account.Url is not { } url)
            return Answer(RegistryOutcome.NotFound, "The cluster has no account at an ACME server of that name; list them with: gateway certs account list.");
        var recorded = new ActRecorded { Act = act, Kind = ActKind.AcmeKeyChanged, Target = issuer, Detail = url };
        var answer = await commands.ChangeAsync([recorded], basis: null, cancel).ConfigureAwait(false);
        if (!answer.IsDone) return answer;
        try
        {
            await acme.ChangeKeyAsync(issuer, cancel).ConfigureAwait(false);
            return answer with { Revision = registry.Current.Revision };
        }
        catch (CertificateSourceException e)
        {
            return Answer(RegistryOutcome.Unavailable, $"The account's key was not changed ({e.Message}); try again.");
        }
    }

    RegistryAnswer Answer(RegistryOutcome outcome, string detail) => new(outcome, registry.Current.Revision, detail);
}

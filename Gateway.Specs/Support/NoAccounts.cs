using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols.Sasl;

namespace Gateway.Specs.Support;

/// <summary>Where no connection has accounts of its own.</summary>
sealed class NoAccounts : IAccounts
{
    public Task<AccountAnswer> FindAsync(ConnectionProfile profile, AccountQuestion question, CancellationToken cancel) =>
        throw new InvalidOperationException("Nobody has accounts here.");
}

using Gateway.Protocols;

namespace Gateway.Actors.Connections;

/// <summary>Reads the accounts of a connection's own.</summary>
sealed class AccountsReader(ConnectionFiles files)
{
    const string Verifier = "verifier";

    /// <summary>Characters. Origin: that of any subject.</summary>
    const int MostName = 255;

    readonly SecretReader _secrets = new(files);

    public IReadOnlyList<ServiceAccount> Read(YamlFields access, ProtocolEntry protocol)
    {
        if (!access.Has("accounts")) return [];
        if (!protocol.HasAccounts) access.Fault("accounts", $"has no use: protocol {protocol.Name} has no login by SCRAM", "remove it");
        var accounts = new List<ServiceAccount>();
        foreach (var fields in access.Maps("accounts", ConnectionFields.Account))
        {
            var name = fields.RequiredText("name");
            // SASLprep (RFC 4013) leaves these as they are, so that every client means the same by them.
            fields.Require(
                name.Length <= MostName && name.All(c => c is > ' ' and <= '~'), "name", $"must be at most {MostName} visible ASCII characters", "correct the name");
            fields.Require(accounts.All(known => known.Name != name), "name", "is the name of another account", "give every account a name of its own");
            var (groups, verifier) = (fields.Texts("groups"), _secrets.Read(fields, Verifier));
            fields.Require(
                SecretReader.IsGiven(fields, Verifier), "verifierSecret", "is required", "make a verifier with: gateway secrets scram, and say where it is");
            if (verifier is not null) accounts.Add(new ServiceAccount(name, groups, verifier));
        }

        access.Require(accounts.Count <= ServiceAccount.Most, "accounts", $"are more than {ServiceAccount.Most}", "let an issuer's tokens name so many");
        return accounts;
    }

    /// <summary>How long a login as an account lasts; null: as long as the session.</summary>
    public static TimeSpan? Lasts(YamlFields access)
    {
        if (!access.Has("accountsLast")) return null;
        access.Require(access.Has("accounts"), "accountsLast", "has no use: there are no accounts", "remove it");
        return access.Duration("accountsLast", TimeSpan.FromSeconds(10), TimeSpan.FromDays(30), TimeSpan.FromHours(1));
    }
}

using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class AccountsReaderSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public AccountsReaderSpec() => _folder.WriteSecret("verifier", "SCRAM");

    [Fact]
    public void Accounts_are_read_to_the_letter_and_take_the_place_of_issuers()
    {
        var loaded = Load("groups: [streams], accounts: [{ name: billing, groups: [streams, eu], verifierFile: verifier }, { name: 'a,b=c', verifierSecret: meter }], accountsLast: 1h");

        Assert.Empty(loaded.Faults);
        var access = loaded.Profiles[0].Access;
        Assert.Equal(TimeSpan.FromHours(1), access.AccountsLast);
        Assert.Equal(
            [("billing", "streams eu", _folder.PathOf("verifier"), null), ("a,b=c", "", null, "meter")],
            access.Accounts.Select(account => (account.Name, string.Join(' ', account.Groups), account.Verifier.File, account.Verifier.Registered)));
    }

    [Theory]
    [InlineData("accounts: [{ name: billing }]", "accounts[0].verifierSecret: is required; make a verifier with: gateway secrets scram, and say where it is")]
    [InlineData("accounts: [{ verifierSecret: x }]", "accounts[0].name: is required")]
    [InlineData("accounts: [{ name: 'b b', verifierSecret: x }]", "must be at most 255 visible ASCII characters")]
    [InlineData("accounts: [{ name: bé, verifierSecret: x }]", "must be at most 255 visible ASCII characters")]
    [InlineData("accounts: [{ name: b, verifierSecret: x }, { name: b, verifierSecret: y }]", "is the name of another account")]
    [InlineData("accounts: [{ name: b, verifierSecret: x, verifierFile: verifier }]", "is given together with verifierFile; keep one of them")]
    [InlineData("accounts: [{ name: b, verifierSecret: x, password: y }]", "there is no such field")]
    [InlineData("accounts: [{ name: b, verifierSecret: x }], accountsLast: 9s", "must be between 10s and 30d")]
    [InlineData("issuers: [main], accountsLast: 1h", "has no use: there are no accounts; remove it")]
    [InlineData("issuers: ['gateway:accounts']", "is no issuer of this gateway")]
    public void What_is_wrong_with_them_is_told_where_it_stands(string access, string fault) =>
        Assert.Contains(Load($"groups: [streams], {access}").Faults, told => told.ToString().Contains(fault, StringComparison.Ordinal));

    [Theory]
    [InlineData("mqtt")]
    [InlineData("tls")]
    public void A_protocol_that_speaks_no_SCRAM_has_none(string protocol) => Assert.Contains(
        Load("groups: [streams], accounts: [{ name: b, verifierSecret: x }]", protocol).Faults,
        told => told.ToString().Contains($"has no use: protocol {protocol} has no login by SCRAM; remove it", StringComparison.Ordinal));

    [Fact]
    public void There_are_at_most_256()
    {
        static string Of(int count) => $"groups: [streams], accounts: [{string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{ name: a{i}, verifierSecret: x }}"))}]";

        Assert.Empty(Load(Of(256)).Faults);
        Assert.Contains(Load(Of(257)).Faults, told => told.ToString().Contains("are more than 256", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    LoadedConnections Load(string access, string protocol = "kafka") => ConnectionsFile.Load(
        _folder.Write("connections.yaml", $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: streams }
            spec:
              protocol: {{protocol}}
              listen: { address: 127.0.0.1, port: 9092 }
              upstream: { host: broker.internal, port: 9093, tls: {} }
              access: { {{access}} }
            """), ["corp"], ProtocolCatalog.All);
}

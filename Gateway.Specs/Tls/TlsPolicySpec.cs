using System.Net.Security;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Protocols.Tls;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Tls;

public sealed class TlsPolicySpec
{
    [Theory]
    [InlineData("broker.example.org", Refusal.None)]
    [InlineData("Broker.Example.Org.", Refusal.None)]
    [InlineData("eu.clients.example.org", Refusal.None)]
    [InlineData("a.eu.clients.example.org", Refusal.ServerNameUnknown)]
    [InlineData("clients.example.org", Refusal.ServerNameUnknown)]
    [InlineData(".clients.example.org", Refusal.ServerNameUnknown)]
    [InlineData("broker.example.org.evil.org", Refusal.ServerNameUnknown)]
    [InlineData(null, Refusal.ServerNameMissing)]
    public void A_client_has_to_ask_for_a_name_of_the_connection(string? asked, Refusal refusal)
    {
        var rules = TestProfiles.Tls13 with { ServerNames = ["broker.example.org", "*.clients.example.org"] };

        Assert.Equal(refusal, TlsPolicy.Judge(Hello(TlsVersion.Tls13, 0x1301) with { ServerName = asked }, rules).Refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("anything.example.org")]
    public void A_connection_without_names_takes_any(string? asked) =>
        Assert.True(TlsPolicy.Judge(Hello(TlsVersion.Tls13, 0x1301) with { ServerName = asked }, TestProfiles.Tls13).IsGranted);

    [Theory]
    [InlineData(0, false, Refusal.TlsVersionTooOld)]
    [InlineData(0x0303, false, Refusal.TlsVersionTooOld)]
    [InlineData(0x0302, true, Refusal.TlsVersionTooOld)]
    [InlineData(0x0303, true, Refusal.None)]
    [InlineData(0x0304, false, Refusal.None)]
    public void The_highest_version_offered_has_to_reach_the_profiles_lowest(ushort version, bool allowTls12, Refusal refusal)
    {
        var rules = TestProfiles.Tls13 with { AllowTls12 = allowTls12 };

        Assert.Equal(refusal, TlsPolicy.Judge(Hello(version, 0x1301, 0xC02B), rules).Refusal);
    }

    [Theory]
    [InlineData(0xC02B, Refusal.None)]
    [InlineData(0xCCA8, Refusal.None)]
    [InlineData(0xC023, Refusal.TlsSuitesTooWeak)]
    [InlineData(0xC013, Refusal.TlsSuitesTooWeak)]
    [InlineData(0x009C, Refusal.TlsSuitesTooWeak)]
    [InlineData(0x0005, Refusal.TlsSuitesTooWeak)]
    [InlineData(0x1301, Refusal.TlsSuitesTooWeak)]
    public void Tls_1_2_needs_ephemeral_keys_and_authenticated_encryption(ushort suite, Refusal refusal)
    {
        var rules = TestProfiles.Tls13 with { AllowTls12 = true };

        Assert.Equal(refusal, TlsPolicy.Judge(Hello(TlsVersion.Tls12, suite), rules).Refusal);
    }

    [Theory]
    [InlineData(new ushort[] { 0x001D }, Refusal.None)]
    [InlineData(new ushort[] { 0x0019, 0x0100 }, Refusal.TlsGroupsRefused)]
    [InlineData(new ushort[] { }, Refusal.None)]
    public void Only_known_groups_are_taken_and_a_client_that_names_none_is_left_to_the_engine(ushort[] groups, Refusal refusal) =>
        Assert.Equal(refusal, TlsPolicy.Judge(Hello(TlsVersion.Tls13, 0x1301) with { Groups = groups }, TestProfiles.Tls13).Refusal);

    [Theory]
    [InlineData(0x0017, 0x0403, 0x1301, Refusal.TlsGroupsRefused)]
    [InlineData(0x0018, 0x0804, 0x1301, Refusal.TlsSignaturesRefused)]
    [InlineData(0x0018, 0x0403, 0x1301, Refusal.TlsSuitesTooWeak)]
    [InlineData(0x0018, 0x0403, 0x1302, Refusal.None)]
    public void A_connection_may_narrow_what_it_takes(ushort group, ushort signature, ushort suite, Refusal refusal)
    {
        var rules = new TlsRules
        {
            Groups = ["P-384"],
            SignatureAlgorithms = ["ecdsa_secp256r1_sha256"],
            Suites = [TlsCipherSuite.TLS_AES_256_GCM_SHA384],
        };
        var hello = Hello(TlsVersion.Tls13, suite) with { Groups = [group], SignatureAlgorithms = [signature] };

        Assert.Equal(refusal, TlsPolicy.Judge(hello, TestProfiles.Tls13 with { Rules = rules }).Refusal);
    }

    static ClientHello Hello(ushort version, params ushort[] suites) =>
        new() { Version = version, Suites = suites, Alpn = [], Offered = "", Offer = SampleSession.Offer };
}

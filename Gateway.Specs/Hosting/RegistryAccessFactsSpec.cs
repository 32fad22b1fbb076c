using Gateway.Actors.Hosting;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting;

public sealed class RegistryAccessFactsSpec
{
    readonly HeldRegistry _registry = new();

    [Fact]
    public void The_numbers_of_what_can_be_revoked_are_the_journals() => Assert.Equal(
        [(1, "subject"), (2, "token"), (3, "certificate")], Enum.GetValues<RevocationKind>().Select(k => ((byte)k, k.Word())));

    [Fact]
    public void Grants_and_revocations_of_the_registry_are_those_of_the_policy()
    {
        _registry.Do(SampleRegistry.Of<AccessGranted>(), SampleRegistry.Of<Revoked>() with { Until = long.MaxValue });

        var facts = new RegistryAccessFacts(_registry).Current;

        var grant = Assert.Single(facts.Grants);
        Assert.Equal(("01JGRANT", "münchen-42", "corp", null), (grant.Id, grant.Subject, grant.Issuer, grant.Connection));
        Assert.Equal("eu-1", grant.Labels["site"]);
        Assert.Equal((TimeSpan.FromHours(1), "zoë (corp)"), (grant.Until - grant.From, grant.GrantedBy));
        var revocation = Assert.Single(facts.Revocations);
        Assert.Equal((RevocationKind.Token, "jti-1", null), (revocation.Kind, revocation.Value, revocation.Issuer));
        Assert.Equal(9999, revocation.Until!.Value.Year);
    }

    [Fact]
    public void Only_a_change_of_access_is_told()
    {
        var facts = new RegistryAccessFacts(_registry);
        var told = 0;
        using var subscription = facts.OnChange(() => told++);

        _registry.Do(SampleRegistry.Of<ConnectionPut>());
        var before = facts.Current;
        _registry.Do(SampleRegistry.Of<SecretPut>());
        Assert.Same(before, facts.Current);
        Assert.Equal(0, told);

        _registry.Do(SampleRegistry.Of<Revoked>());
        Assert.Equal(1, told);
        Assert.Single(facts.Current.Revocations);
    }
}

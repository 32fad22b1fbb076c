using System.Net;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class AnomalyReaderSpec : IDisposable
{
    const string Sound = """
        apiVersion: gateway/v1
        kind: Connection
        metadata: { name: telemetry }
        spec:
          protocol: mqtt
          listen: { port: 8883 }
          upstream: { host: broker.internal, port: 8884, plaintext: allowed }
          access: { issuers: [corp], groups: [sensors] }
          anomalies:
            rules:
              - groups: [operators]
                hours:
                  - { days: [mon, fri], from: "22:00", to: "06:00", zone: Europe/Zurich }
                  - { days: [sun] }
              - subjects: [boss]
                overlap: same-place
                places:
                  - { name: Zurich office, networks: [192.0.2.0/24, "2001:db8::/32"] }
                  - { name: Bern, networks: [198.51.100.7] }
        """;

    readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rules_are_read_to_the_letter()
    {
        var loaded = Load(Sound);

        Assert.Empty(loaded.Faults);
        var rules = Assert.Single(loaded.Profiles).Anomalies;
        Assert.Equal(["operators"], rules[0].Groups);
        Assert.Equal(["mon, fri 22:00 to 06:00 Europe/Zurich", "sun 00:00 to 24:00 UTC"], rules[0].Hours.Select(hours => hours.ToString()));
        Assert.Empty(rules[0].Places);
        Assert.Equal(["boss"], rules[1].Subjects);
        Assert.Equal((false, true), (rules[0].SamePlace, rules[1].SamePlace));
        Assert.Equal(["Zurich office", "Bern"], rules[1].Places.Select(place => place.Name));
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32")], rules[1].Places[0].Networks);
        Assert.Equal([IPNetwork.Parse("198.51.100.7/32")], rules[1].Places[1].Networks);
    }

    [Fact]
    public void The_registry_keeps_them_in_one_form()
    {
        var canonical = Assert.Single(Load(Sound).Documents);

        Assert.Contains(" places:\n      - name: \"Zurich office\"\n        networks:\n", canonical, StringComparison.Ordinal);
        Assert.Equal(canonical, Assert.Single(Load(canonical).Documents));
    }

    [Theory]
    [InlineData("Europe/Zurich", "Zurich", "13:67 spec.anomalies.rules[0].hours[0].zone is \"Zurich\": is no time zone this machine knows; "
        + "write it like Europe/Berlin or UTC; is tzdata installed?")]
    [InlineData("to: \"06:00\"", "to: \"22:00\"", "13:52 spec.anomalies.rules[0].hours[0].to is \"22:00\": is the same as from; "
        + "write 00:00 to 24:00 for the whole day")]
    [InlineData("192.0.2.0/24", "192.0.2.1/24", "18:46 spec.anomalies.rules[1].places[0].networks: \"192.0.2.1/24\" is no network; "
        + "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix")]
    [InlineData("192.0.2.0/24", "192.0.2.0/33", "18:46 spec.anomalies.rules[1].places[0].networks: \"192.0.2.0/33\" is no network; "
        + "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix")]
    [InlineData("[198.51.100.7]", "[]", "19:37 spec.anomalies.rules[1].places[1].networks: are none; name a network such as 192.0.2.0/24")]
    [InlineData(", networks: [198.51.100.7]", "", "19:13 spec.anomalies.rules[1].places[1].networks: is required; add the field")]
    [InlineData("name: Bern", "name: \"Bern\\u001b[31m\"", "19:21 spec.anomalies.rules[1].places[1].name is \"Bern?[31m\": is no name of a place; "
        + "write at most 64 letters, digits, spaces and -._,'()&/")]
    [InlineData("name: Bern", "name: Zurich office", "18:11 spec.anomalies.rules[1].places: have a name twice; "
        + "list all networks of a place under its name")]
    [InlineData("overlap: same-place", "overlap: samepl", "16:18 spec.anomalies.rules[1].overlap is \"samepl\": is not a known value; use one of any, same-place")]
    [InlineData("          - { name: Bern, networks: [198.51.100.7] }", "", "16:18 spec.anomalies.rules[1].overlap is \"same-place\": "
        + "has no use: the rule names fewer than two places; name the places, or remove overlap")]
    [InlineData("- groups: [operators]", "- subjects: [operators]\n      - groups: [operators]",
        "11:9 spec.anomalies.rules[0].hours: and places are both empty: the rule says nothing; name hours or places")]
    [InlineData("- groups: [operators]", "- groups: [operators]\n        effect: allow", "12:9 spec.anomalies.rules[0].effect: there is no such field; "
        + "use one of groups, subjects, hours, places, overlap")]
    public void A_fault_names_its_place_and_the_remedy(string sound, string wrong, string message)
    {
        var loaded = Load(Sound.Replace(sound, wrong, StringComparison.Ordinal));

        Assert.Equal($"spec.yaml:{message}", Assert.Single(loaded.Faults).ToString());
        Assert.Empty(loaded.Profiles);
    }

    [Theory]
    [InlineData("anomalies: {}", "are none: anomalies says nothing")]
    [InlineData("anomalies: { rules: [] }", "are none: anomalies says nothing")]
    [InlineData("anomalies: []", "must be a mapping")]
    public void What_says_nothing_is_a_fault(string wrong, string problem) => Assert.Contains(
        Load($"{Sound[..Sound.IndexOf("anomalies:", StringComparison.Ordinal)]}{wrong}\n").Faults, fault => fault.Problem == problem);

    [Fact]
    public void More_networks_than_are_held_against_a_session_are_a_fault()
    {
        static string Networks(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"10.{i / 256}.{i % 256}.0/24"));

        Assert.Empty(Load(Sound.Replace("198.51.100.7", Networks(4094), StringComparison.Ordinal)).Faults);
        var loaded = Load(Sound.Replace("198.51.100.7", Networks(4095), StringComparison.Ordinal));

        Assert.Equal("name more than 4096 networks", Assert.Single(loaded.Faults).Problem);
    }

    [Fact]
    public void More_rules_hours_or_places_than_are_held_against_a_session_are_a_fault()
    {
        static string Times(int count, Func<int, string> one) => string.Concat(Enumerable.Range(0, count).Select(one));
        const string hours = "          - { days: [sun] }\n";
        const string bern = "          - { name: Bern, networks: [198.51.100.7] }";

        Assert.Empty(Load(Sound.Replace(hours, Times(63, _ => hours), StringComparison.Ordinal)).Faults);
        string[] wrong =
        [
            Sound.Replace(hours, Times(64, _ => hours), StringComparison.Ordinal),
            Sound.Replace(bern, Times(64, i => $"          - {{ name: Bern {i}, networks: [198.51.100.7] }}\n"), StringComparison.Ordinal),
            Sound.Replace("    rules:\n", "    rules:\n" + Times(63, i => $"      - {{ places: [ {{ name: a, networks: [10.0.0.{i}] }} ] }}\n"), StringComparison.Ordinal),
        ];

        Assert.Equal(["have more than 64 hours", "are more than 64", "are more than 64"], wrong.Select(text => Assert.Single(Load(text).Faults).Problem));
    }

    LoadedConnections Load(string text) => ConnectionsFile.Load(_folder.Write("spec.yaml", text), ["corp"], ProtocolCatalog.All);
}

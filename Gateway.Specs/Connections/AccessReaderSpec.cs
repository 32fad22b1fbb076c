using System.Net;
using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class AccessReaderSpec : IDisposable
{
    const string Sound = """
        apiVersion: gateway/v1
        kind: Connection
        metadata:
          name: telemetry
          labels: { env: prod, site: hall/4 }
        spec:
          protocol: mqtt
          listen: { port: 8883 }
          upstream: { host: broker.internal, port: 8884, plaintext: allowed }
          access:
            issuers: [corp]
            rules:
              - effect: allow
                groups: [sensors]
                networks: [192.0.2.0/24, "2001:db8::/32", 198.51.100.7]
                hours: { days: [mon, fri], from: "08:00", to: "17:30", zone: Europe/Berlin }
              - { effect: deny, subjects: [mallory] }
              - { effect: deny, hours: { days: [sun] } }
        """;

    readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rules_and_labels_are_read_to_the_letter()
    {
        var loaded = Load(Sound);

        Assert.Empty(loaded.Faults);
        var profile = Assert.Single(loaded.Profiles);
        Assert.Equal([new("env", "prod"), new("site", "hall/4")], profile.Labels);
        var rules = profile.Access.Rules;
        Assert.Equal([AccessEffect.Allow, AccessEffect.Deny, AccessEffect.Deny], rules.Select(rule => rule.Effect));
        Assert.Equal(["sensors"], rules[0].Groups);
        Assert.Equal(
            [IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("198.51.100.7/32")], rules[0].Networks);
        var hours = rules[0].Hours!;
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], hours.Days);
        Assert.Equal((new TimeSpan(8, 0, 0), new TimeSpan(17, 30, 0), "Europe/Berlin"), (hours.From, hours.To, hours.Zone.Id));
        Assert.Equal(["mallory"], rules[1].Subjects);
        var sunday = rules[2].Hours!;
        Assert.Equal((TimeSpan.Zero, AccessHours.WholeDay, TimeZoneInfo.Utc), (sunday.From, sunday.To, sunday.Zone));
    }

    [Theory]
    [InlineData("env: prod", "env: \"prod uction\"", "spec.yaml:5:11 metadata.labels: \"env\" is no label; "
        + "write key and value with 1 to 63 letters, digits, dashes, dots, underscores or slashes")]
    [InlineData("{ env: prod, site: hall/4 }", "prod", "spec.yaml:5:11 metadata.labels is \"prod\": must be a mapping; write it like { key: value }")]
    [InlineData("env: prod", "env: [prod]", "spec.yaml:5:18 metadata.labels.env: must be text; give it one value")]
    [InlineData("effect: allow", "effect: admit", "spec.yaml:13:17 spec.access.rules[0].effect is \"admit\": is not a known value; use one of allow, deny")]
    [InlineData("- { effect: deny, subjects", "- { subjects", "spec.yaml:17:9 spec.access.rules[1].effect: is required; add the field")]
    [InlineData("groups: [sensors]", "groups: []", "spec.yaml:14:17 spec.access.rules[0].groups: allows everybody: groups and subjects are both empty; "
        + "name a group or a subject; only a rule that denies may be about everybody")]
    [InlineData("192.0.2.0/24", "192.0.2.1/24", "spec.yaml:15:19 spec.access.rules[0].networks: \"192.0.2.1/24\" is no network; "
        + "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix")]
    [InlineData("192.0.2.0/24", "0300.0.2.0/24", "spec.yaml:15:19 spec.access.rules[0].networks: \"0300.0.2.0/24\" is no network; "
        + "write it like 192.0.2.0/24, 2001:db8::/32 or 192.0.2.7, with no bit set after the prefix")]
    [InlineData("[mon, fri]", "[monday]", "spec.yaml:16:24 spec.access.rules[0].hours.days: \"monday\" is no day; use some of sun, mon, tue, wed, thu, fri, sat")]
    [InlineData("\"08:00\"", "8 am", "spec.yaml:16:42 spec.access.rules[0].hours.from is \"8 am\": is no time of day; write it like 08:30, at most 24:00")]
    [InlineData("\"17:30\"", "\"08:00\"", "spec.yaml:16:55 spec.access.rules[0].hours.to is \"08:00\": is the same as from; "
        + "write 00:00 to 24:00 for the whole day")]
    [InlineData("Europe/Berlin", "Berlin", "spec.yaml:16:70 spec.access.rules[0].hours.zone is \"Berlin\": is no time zone this machine knows; "
        + "write it like Europe/Berlin or UTC; is tzdata installed?")]
    public void A_fault_names_its_place_and_the_remedy(string sound, string wrong, string message)
    {
        var loaded = Load(Sound.Replace(sound, wrong, StringComparison.Ordinal));

        Assert.Equal(message, Assert.Single(loaded.Faults).ToString());
        Assert.Empty(loaded.Profiles);
    }

    [Fact]
    public void Rules_for_the_subjects_of_certificates_are_read_to_the_letter_and_their_faults_named()
    {
        _folder.WriteCertificate("ca").Dispose();
        const string tls = "tls: { clientCertificate: optional, clientAuthorities: ca.crt, clientSubjects: [ "
            + "{ issuer: \"CN=A\", take: uri, matching: \"spiffe://*\", groups: [a] }, { take: commonName } ] }\n  listen:";

        var sound = Load(Sound.Replace("listen:", tls, StringComparison.Ordinal));
        var wrong = Load(Sound.Replace("listen:", tls.Replace("take: commonName", "take: name", StringComparison.Ordinal), StringComparison.Ordinal));
        var useless = Load(Sound.Replace("listen:", "tls: { clientSubjects: [ { take: dns } ] }\n  listen:", StringComparison.Ordinal));

        var rules = Assert.Single(sound.Profiles).ClientTls.ClientSubjects;
        Assert.Equal([("CN=A", CertificateName.Uri, "spiffe://*"), (null, CertificateName.CommonName, null)], rules.Select(r => (r.Issuer, r.Take, r.Matching)));
        Assert.Equal(["a"], rules[0].Groups!);
        Assert.Null(rules[1].Groups);
        Assert.Contains("clientSubjects[1].take is \"name\": is not a known value", Assert.Single(wrong.Faults).ToString(), StringComparison.Ordinal);
        Assert.Contains("has no use while clientCertificate is none", Assert.Single(useless.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_only_deny_admit_nobody()
    {
        var loaded = Load(Sound.Replace("effect: allow", "effect: deny", StringComparison.Ordinal));

        Assert.Contains("admits nobody", Assert.Single(loaded.Faults).ToString(), StringComparison.Ordinal);
    }

    LoadedConnections Load(string text) => ConnectionsFile.Load(_folder.Write("spec.yaml", text), ["corp"], ProtocolCatalog.All);
}

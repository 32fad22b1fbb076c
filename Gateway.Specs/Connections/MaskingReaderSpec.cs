using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Connections;

public sealed class MaskingReaderSpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public MaskingReaderSpec() => _folder.WriteSecret("masking.key", "a secret text of at least 32 characters");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rules_are_read_to_the_letter()
    {
        var loaded = Load("""
            { key: { keyFile: masking.key }, rules: [
              { name: pan, direction: to-client, topics: ["pay/#"], json: [$.card, "$..iban"], headers: [trace], action: token },
              { name: any, detect: [email, jwt], pattern: 'a+', action: partial, keepLast: 3, content: best-effort } ] }
            """);

        Assert.Empty(loaded.Faults);
        var masking = Assert.Single(loaded.Profiles).Masking;
        Assert.Equal(new SecretPlace(_folder.PathOf("masking.key"), null, null), masking.Key);
        var (pan, any) = (masking.Rules.All[0], masking.Rules.All[1]);
        Assert.Equal(("pan", Direction.ToClient, MaskingKind.Token, true), (pan.Name, pan.Direction, pan.Action.Kind, pan.Strict));
        Assert.Equal(["pay/#"], pan.Topics);
        Assert.Equal(["$.card", "$..iban"], pan.JsonPaths.Select(p => p.Text));
        Assert.Equal(["trace"], pan.Headers);
        Assert.Equal(("any", null, new MaskingAction(MaskingKind.Partial) { KeepLast = 3 }, false), (any.Name, any.Direction, any.Action, any.Strict));
        Assert.Equal(["email", "jwt"], any.Detectors.Select(d => d.Name));
        Assert.Equal("a+", any.Pattern!.Text);
    }

    [Fact]
    public void Paths_into_avro_and_the_registry_of_its_schemas_are_read_to_the_letter()
    {
        _folder.WriteSecret("registry.password", "secret");
        var loaded = Load("""
            { schemaRegistry: { url: "https://registry.internal:8081/api", userName: gateway, passwordFile: registry.password, timeout: 2s }, rules: [
              { name: pan, avro: [$.card.number, "$.labels[*]"], avroKey: [$.id], action: drop } ] }
            """, "kafka");

        Assert.Empty(loaded.Faults);
        var masking = Assert.Single(loaded.Profiles).Masking;
        var registry = masking.Schemas!;
        Assert.Equal(("https://registry.internal:8081/api/", "gateway", TimeSpan.FromSeconds(2)), (registry.Url.AbsoluteUri, registry.UserName, registry.Timeout));
        Assert.Equal(new SecretPlace(_folder.PathOf("registry.password"), null, null), registry.Secret);
        Assert.Empty(registry.Authorities);
        Assert.Equal(["$.card.number", "$.labels[*]"], masking.Rules.All[0].AvroPaths.Select(p => p.Text));
        Assert.Equal(["$.id"], masking.Rules.All[0].AvroKeyPaths.Select(p => p.Text));
    }

    [Theory]
    [InlineData("rules: [ { name: a, action: redact, avro: [$.a] } ]", "spec.masking.schemaRegistry: is required by rules that look into Avro; name the registry of the schemas")]
    [InlineData("schemaRegistry: {}, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.url: is required; add the field")]
    [InlineData("schemaRegistry: { url: 'http://r' }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.url is \"http://r\": is no https address; write https://HOST:PORT, a user's name and secret in fields of their own")]
    [InlineData("schemaRegistry: { url: 'https://u:p@r' }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.url is \"https://u:p@r\": is no https address; write https://HOST:PORT, a user's name and secret in fields of their own")]
    [InlineData("schemaRegistry: { url: 'https://r', userName: u }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.userName is \"u\": goes with a password, and a password with it; write both, or a token, or neither")]
    [InlineData("schemaRegistry: { url: 'https://r', userName: 'u:v', passwordEnvironment: P }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.userName is \"u:v\": has a colon in it, where basic authentication ends a user's name; name another user")]
    [InlineData("schemaRegistry: { url: 'https://r', userName: u, passwordEnvironment: P, tokenEnvironment: T }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.userName is \"u\": goes with a password, and a token is given too; keep one of them")]
    [InlineData("schemaRegistry: { url: 'https://r', timeout: 1m }, rules: [ { name: a, action: redact } ]", "spec.masking.schemaRegistry.timeout is \"1m\": must be between 100ms and 20s; correct the value")]
    [InlineData("schemaRegistry: { url: 'https://r' }, rules: [ { name: a, action: redact, avro: [a] } ]", "spec.masking.rules[0].avro: \"a\" is no JSON path; write it like $.card.number, $.payments[*].iban, $[\"a b\"] or $..iban")]
    [InlineData("schemaRegistry: { url: 'https://r' }, rules: [ { name: a, action: redact, avroKey: [$.a], key: true } ]", "spec.masking.rules[0].avroKey: is given together with key: true, which is all of it; keep one of them")]
    [InlineData("schemaRegistry: { url: 'https://r' }, rules: [ { name: a, action: drop, avro: [$] } ]", "spec.masking.rules[0].action is \"drop\": can be drop for members of JSON, fields of Avro and headers only, whole; name them by json, avro or headers, or write redact")]
    public void What_cannot_be_done_with_avro_is_told_with_its_place(string masking, string message) =>
        Assert.Equal([message], Load($"{{ {masking} }}", "kafka").Faults.Select(f => f.ToString().Split(' ', 2)[1]));

    [Fact]
    public void A_protocol_whose_payloads_name_no_schema_has_no_use_for_a_registry() => Assert.Contains(
        Load("{ schemaRegistry: { url: 'https://r' }, rules: [ { name: a, action: redact } ] }").Faults.Select(f => f.ToString()),
        f => f.EndsWith("spec.masking.schemaRegistry: has no use: payloads of protocol mqtt name no schema; remove it", StringComparison.Ordinal));

    [Fact]
    public void A_connection_without_rules_masks_nothing() => Assert.True(Assert.Single(Load("").Profiles).Masking.Rules.IsEmpty);

    [Theory]
    [InlineData("{ rules: [] }", "spec.masking.rules: mask nothing; add a rule, or remove masking")]
    [InlineData("{ rules: [ { name: A, action: redact } ] }", "spec.masking.rules[0].name is \"A\": must be 1 to 63 lower-case letters, digits and dashes; correct the name")]
    [InlineData("{ rules: [ { name: a } ] }", "spec.masking.rules[0].action: is required; add the field")]
    [InlineData("{ rules: [ { name: a, action: hash } ] }", "spec.masking.rules[0].action is \"hash\": is not a known value; use one of redact, partial, token, encrypt, drop")]
    [InlineData("{ rules: [ { name: a, action: token } ] }", "spec.masking.key: is required by rules that make tokens or encrypt; name a secret: keyFile, keyEnvironment or keySecret")]
    [InlineData("{ key: { keyFile: absent }, rules: [ { name: a, action: redact } ] }", "spec.masking.key.keyFile is \"absent\": {root}/absent does not exist; create the file or correct the path")]
    [InlineData("{ rules: [ { name: a, action: redact, json: [card] } ] }", "spec.masking.rules[0].json: \"card\" is no JSON path; write it like $.card.number, $.payments[*].iban, $[\"a b\"] or $..iban")]
    [InlineData("{ rules: [ { name: a, action: redact, detect: [emial] } ] }", "spec.masking.rules[0].detect: \"emial\" is no detector; did you mean \"email\"?")]
    [InlineData("{ rules: [ { name: a, action: redact, pattern: '(a)\\1' } ] }", "spec.masking.rules[0].pattern is \"(a)\\1\": cannot be run in linear time; do without back references, look-arounds and atomic groups")]
    [InlineData("{ rules: [ { name: a, action: redact, topics: ['a/#/b'] } ] }", "spec.masking.rules[0].topics: \"a/#/b\" is no topic pattern of protocol mqtt; write it like sensors/+/state or sensors/#")]
    [InlineData("{ rules: [ { name: a, action: redact, key: true } ] }", "spec.masking.rules[0].key is \"true\": has no use: messages of protocol mqtt have no key; remove it")]
    [InlineData("{ rules: [ { name: a, action: drop, detect: [email] } ] }", "spec.masking.rules[0].action is \"drop\": can be drop for members of JSON, fields of Avro and headers only, whole; name them by json, avro or headers, or write redact")]
    [InlineData("{ rules: [ { name: a, action: redact, keepLast: 4 } ] }", "spec.masking.rules[0].keepLast is \"4\": goes with partial, and partial with it; write both, or neither")]
    [InlineData("{ rules: [ { name: a, action: drop, json: [$.a], text: x } ] }", "spec.masking.rules[0].text is \"x\": has no use: only redact puts a text; remove it, or write action: redact")]
    [InlineData("{ rules: [ { name: a, action: redact }, { name: a, action: redact } ] }", "spec.masking.rules: have the name a twice; give each its own name: metrics tell them apart by it")]
    public void What_cannot_be_done_is_told_with_its_place(string masking, string message) =>
        Assert.Equal(
            [message.Replace("{root}", _folder.Root, StringComparison.Ordinal)], Load(masking).Faults.Select(f => f.ToString().Split(' ', 2)[1]));

    [Fact]
    public void More_rules_and_paths_than_can_be_followed_are_told()
    {
        var paths = string.Join(", ", Enumerable.Range(0, 12).Select(i => $"'$..n{i}..*..*..n{i}.x'"));
        var rules = string.Join(", ", Enumerable.Range(0, 65).Select(i => $"{{ name: r{i}, action: redact }}"));

        Assert.Equal(
            "spec.masking.rules: have paths that combine in too many ways; use fewer paths with .. and wildcards behind it",
            Told($"{{ rules: [ {{ name: a, action: redact, json: [{paths}] }} ] }}"));
        Assert.Equal("spec.masking.rules: are more than 64; let one rule name several paths", Told($"{{ rules: [{rules}] }}"));

        string Told(string masking) => Assert.Single(Load(masking).Faults).ToString().Split(' ', 2)[1];
    }

    [Fact]
    public void A_protocol_whose_payload_nobody_reads_has_nothing_to_mask()
    {
        var faults = Load("{ rules: [ { name: a, action: redact } ] }", "tls").Faults.Select(f => f.ToString());

        Assert.Contains(faults, f => f.Contains("have no use: protocol tls has no payload that can be masked; remove masking", StringComparison.Ordinal));
    }

    LoadedConnections Load(string masking, string protocol = "mqtt") => ConnectionsFile.Load(
        _folder.Write("connections.yaml", $$"""
            apiVersion: gateway/v1
            kind: Connection
            metadata: { name: telemetry }
            spec:
              protocol: {{protocol}}
              listen: { port: 8883 }
              upstream: { host: broker.internal, port: 8884, plaintext: allowed{{(protocol == "kafka" ? ", login: { userName: u, passwordEnvironment: P }" : "")}} }
              access: { issuers: [corp], groups: [telemetry] }
              {{(masking.Length > 0 ? $"masking: {masking.ReplaceLineEndings("\n      ")}" : "")}}
            """), ["corp"], ProtocolCatalog.All);
}

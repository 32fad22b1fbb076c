using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Protocols.Masking;

namespace Gateway.Actors.Connections;

/// <summary>Reads what of a connection's payloads is masked.</summary>
sealed class MaskingReader(ConnectionFiles files)
{
    /// <summary>Topics, paths or headers of one rule.</summary>
    const int MostOfOne = 256;

    /// <summary>UTF-16 units of a fixed text.</summary>
    const int LongestText = 256;

    public const int MostKept = 64;

    static readonly string[] s_actions = ["redact", "partial", "token", "encrypt", "drop"];
    static readonly string[] s_directions = ["both", DirectionWords.ToClient, DirectionWords.ToUpstream];

    readonly SecretReader _secrets = new(files);
    readonly SchemaRegistryReader _registry = new(files);

    public MaskingProfile Read(YamlFields spec, ProtocolEntry protocol)
    {
        if (!spec.Has("masking")) return MaskingProfile.None;
        var masking = spec.Map("masking", ConnectionFields.Masking);
        MaskingRule[] rules = [.. masking.Maps("rules", ConnectionFields.MaskingRule).Select(fields => Rule(fields, protocol))];
        var key = _secrets.Read(masking.Map("key", ConnectionFields.MaskingKey), "key");
        var schemas = _registry.Read(masking, protocol);
        masking.Require(
            masking.Has("schemaRegistry") || !rules.Any(rule => rule.NeedsSchemas), "schemaRegistry", "is required by rules that look into Avro", "name the registry of the schemas");
        foreach (var twice in rules.GroupBy(rule => rule.Name).Where(g => g.Key.Length > 0 && g.Count() > 1))
            masking.Fault("rules", $"have the name {twice.Key} twice", "give each its own name: metrics tell them apart by it");
        masking.Require(protocol.Masks != MaskedParts.None || protocol.Name.Length == 0, "rules", $"have no use: protocol {protocol.Name} has no payload that can be masked", "remove masking");
        masking.Require(rules.Length > 0, "rules", "mask nothing", "add a rule, or remove masking");
        masking.Require(key is not null || !rules.Any(rule => rule.Action.NeedsKey), "key", "is required by rules that make tokens or encrypt", "name a secret: keyFile, keyEnvironment or keySecret");
        masking.Require(rules.Length <= MaskingRules.Most, "rules", $"are more than {MaskingRules.Most}", "let one rule name several paths");
        var followed = MaskingRules.TryCreate([.. rules.Take(MaskingRules.Most)], protocol.MatchesTopic);
        masking.Require(
            followed is not null, "rules", "have paths that combine in too many ways", "use fewer paths with .. and wildcards behind it");
        return followed is null ? MaskingProfile.None : new(followed, key) { Schemas = schemas };
    }

    MaskingRule Rule(YamlFields fields, ProtocolEntry protocol)
    {
        var name = fields.RequiredText("name");
        fields.Require(name.Length == 0 || ConnectionReader.IsPlainName(name), "name", ConnectionReader.NameRule, "correct the name");
        var direction = fields.Choice("direction", s_directions);
        var rule = new MaskingRule
        {
            Name = name,
            Direction = direction == "both" ? null : direction == DirectionWords.ToClient ? Direction.ToClient : Direction.ToUpstream,
            Topics = Topics(fields, protocol),
            JsonPaths = Paths(fields, "json"),
            AvroPaths = Paths(fields, "avro"),
            AvroKeyPaths = Paths(fields, "avroKey"),
            Key = fields.Choice("key", ["false", "true"]) == "true",
            Headers = Few(fields, "headers"),
            Pattern = Pattern(fields),
            Detectors = Detectors(fields),
            Action = Action(fields),
            Strict = fields.Choice("content", ["strict", "best-effort"]) == "strict",
        };
        Check(rule, fields, protocol);
        return rule;
    }

    static void Check(MaskingRule rule, YamlFields fields, ProtocolEntry protocol)
    {
        var isKnown = protocol.Masks != MaskedParts.None;
        fields.Require(!rule.Key || !isKnown || protocol.Masks.HasFlag(MaskedParts.Key), "key", $"has no use: messages of protocol {protocol.Name} have no key", "remove it");
        fields.Require(
            rule.Headers.Count == 0 || !isKnown || protocol.Masks.HasFlag(MaskedParts.Headers), "headers", $"have no use: protocol {protocol.Name} has none", "remove them");
        fields.Require(
            rule.AvroKeyPaths.Count == 0 || !isKnown || protocol.Masks.HasFlag(MaskedParts.Key), "avroKey", $"has no use: messages of protocol {protocol.Name} have no key", "remove it");
        fields.Require(rule.AvroKeyPaths.Count == 0 || !rule.Key, "avroKey", "is given together with key: true, which is all of it", "keep one of them");
        if (rule.Action.Kind != MaskingKind.Drop) return;
        var paths = rule.JsonPaths.Concat(rule.AvroPaths).Concat(rule.AvroKeyPaths);
        var canDrop = !rule.Finds && !rule.Key && !rule.WholeValue && paths.All(path => path.Steps.Count > 0);
        fields.Require(canDrop, "action", "can be drop for members of JSON, fields of Avro and headers only, whole", "name them by json, avro or headers, or write redact");
    }

    static IReadOnlyList<string> Topics(YamlFields fields, ProtocolEntry protocol)
    {
        var topics = Few(fields, "topics");
        foreach (var topic in topics.Where(topic => !protocol.IsResource(topic)))
            fields.Fault("topics", $"\"{topic}\" is no topic pattern of protocol {protocol.Name}", $"write it like {protocol.ResourceExample}");
        return topics;
    }

    static JsonPath[] Paths(YamlFields fields, string key)
    {
        var paths = new List<JsonPath>();
        foreach (var text in Few(fields, key))
        {
            if (JsonPath.TryParse(text, out var problem) is { } path) paths.Add(path);
            else fields.Fault(key, $"\"{text}\" {problem}", $"write it like {JsonPath.Example}");
        }

        return [.. paths];
    }

    static TextPattern? Pattern(YamlFields fields)
    {
        if (fields.Text("pattern") is not { } text) return null;
        var pattern = TextPattern.TryCreate(text, out var problem, out var remedy);
        fields.Require(pattern is not null, "pattern", problem, remedy);
        return pattern;
    }

    static Detector[] Detectors(YamlFields fields)
    {
        var names = fields.Texts("detect");
        string[] known = [.. Detector.All.Select(d => d.Name)];
        foreach (var name in names.Where(name => !known.Contains(name))) fields.Fault("detect", $"\"{name}\" is no detector", NearestName.Remedy(name, known));
        return [.. names.Select(Detector.Find).OfType<Detector>()];
    }

    static MaskingAction Action(YamlFields fields)
    {
        fields.RequiredText("action");
        var kind = Enum.Parse<MaskingKind>(fields.Choice("action", s_actions), ignoreCase: true);
        var text = fields.Text("text");
        fields.Require(text is null || kind == MaskingKind.Redact, "text", "has no use: only redact puts a text", "remove it, or write action: redact");
        fields.Require(text is null || text.Length <= LongestText && !text.Contains('\0'), "text", $"must be at most {LongestText} characters, none of them U+0000", "shorten it");
        fields.Require(fields.Has("keepLast") == (kind == MaskingKind.Partial), "keepLast", "goes with partial, and partial with it", "write both, or neither");
        return new(kind) { Text = text, KeepLast = kind == MaskingKind.Partial && fields.Has("keepLast") ? fields.Number("keepLast", 1, MostKept, 4) : 0 };
    }

    static IReadOnlyList<string> Few(YamlFields fields, string key)
    {
        var texts = fields.Texts(key);
        fields.Require(texts.Count <= MostOfOne, key, $"are more than {MostOfOne}", "let several rules share them");
        return texts;
    }
}

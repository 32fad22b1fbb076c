using System.Text;
using Gateway.Protocols.Kafka.Rules;

namespace Gateway.Protocols.Kafka.Schema;

/// <summary>One of Kafka's APIs, with the layouts of all its versions.</summary>
public sealed class KafkaApi
{
    readonly MessageLayout[] _requests;
    readonly MessageLayout[] _responses;

    KafkaApi(MessageSchema schema)
    {
        (Key, Name, Versions, Flexible, Needs) = (schema.Key, schema.Name, schema.Versions, schema.Flexible, schema.Needs);
        NameBytes = Encoding.UTF8.GetBytes(Name);
        _requests = Layouts(schema, isRequest: true);
        _responses = Layouts(schema, isRequest: false);
    }

    public short Key { get; }

    public string Name { get; }

    /// <summary>The name as rules judge it.</summary>
    public ReadOnlyMemory<byte> NameBytes { get; }

    public VersionRange Versions { get; }

    /// <summary>The versions with compact lengths and tag sections. KIP-482.</summary>
    public VersionRange Flexible { get; }

    /// <inheritdoc cref="MessageSchema.Needs"/>
    public KafkaOperation Needs { get; }

    /// <exception cref="ArgumentOutOfRangeException">The version is none of <see cref="Versions"/>.</exception>
    public MessageLayout Request(short version) => _requests[Index(version)];

    /// <inheritdoc cref="Request"/>
    public MessageLayout Response(short version) => _responses[Index(version)];

    /// <summary>Every API the gateway knows, by its key.</summary>
    public static IReadOnlyDictionary<short, KafkaApi> All { get; } = ReadAll();

    /// <summary>The API of that key, or null: what is not known is not let through.</summary>
    public static KafkaApi? Find(short key) => All.GetValueOrDefault(key);

    int Index(short version)
    {
        if (!Versions.Contains(version)) throw new ArgumentOutOfRangeException(nameof(version), version, $"{Name} has versions {Versions}.");
        return version - Versions.First;
    }

    static MessageLayout[] Layouts(MessageSchema schema, bool isRequest) =>
        [.. Enumerable.Range(schema.Versions.First, schema.Versions.Last - schema.Versions.First + 1).Select(v => MessageLayout.Of(schema, (short)v, isRequest))];

    static Dictionary<short, KafkaApi> ReadAll()
    {
        var assembly = typeof(KafkaApi).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith("kafka/", StringComparison.Ordinal))
            .Select(name => new KafkaApi(ReadOne(assembly, name))).ToDictionary(api => api.Key);
    }

    static MessageSchema ReadOne(System.Reflection.Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        try
        {
            var schema = SchemaReader.Read(reader.ReadToEnd());
            SchemaCheck.DemandNeeds(schema);
            return schema;
        }
        catch (FormatException fault)
        {
            throw new FormatException($"{name}.schema: {fault.Message}");
        }
    }
}

using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Specs.Support;

/// <summary>Acts about certificates whose contents are real.</summary>
static class SampleCertificates
{
    static DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddMicroseconds(SampleRegistry.At);

    public static string Document(string name, string source = "internal") =>
        $"apiVersion: gateway/v1\nkind: Certificate\nmetadata:\n  name: {name}\nspec:\n  source: {source}\n  names:\n  - localhost\n";

    /// <summary>A declared certificate with one active version of a day, sealed with that key.</summary>
    public static RegistryEvent[] Active(string name, ClusterKey key, string source = "internal", DateTimeOffset? at = null)
    {
        var now = at ?? Now;
        using var root = CertificateMaker.Root("Somewhere", now);
        using var leaf = CertificateMaker.Leaf(["localhost"], CertificateUse.Server, TimeSpan.FromDays(1), root, [], now);
        using var own = leaf.GetECDsaPrivateKey()!;
        var act = SampleRegistry.Act with { At = UnixMicros.Of(now) };
        return
        [
            new CertificatePut { Act = act, Name = name, Document = Document(name, source) },
            new CertificateIssued
            {
                Act = act, Name = name, Version = 1, Chain = [leaf.RawData], Generation = 0,
                SealedKey = key.SealBytes("gateway.certificate.1", $"{name}/1", own.ExportPkcs8PrivateKey()),
            },
            new CertificateActivated { Act = act, Name = name, Version = 1, Nodes = [] },
        ];
    }

    /// <summary>An authority at that stage.</summary>
    public static RegistryEvent[] Authority(uint generation, AuthorityStage stage, ClusterKey key) =>
    [
        InternalSource.Begin(generation, signs: false, key, SampleRegistry.Act, Now)[0],
        new AuthorityStaged { Act = SampleRegistry.Act, Generation = generation, Stage = stage },
    ];

    /// <summary>The body of an import.</summary>
    public static (string Chain, string Key) Elsewhere()
    {
        using var root = CertificateMaker.Root("Elsewhere", Now);
        using var leaf = CertificateMaker.Leaf(["legacy.example.org"], CertificateUse.Server, TimeSpan.FromDays(7), root, [], Now);
        using var own = leaf.GetECDsaPrivateKey()!;
        return (leaf.ExportCertificatePem(), own.ExportPkcs8PrivateKeyPem());
    }
}

using System.Security.Cryptography;
using Gateway.Actors.Hosting;
using Gateway.Lighthouse;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Gateway.Specs.Support;

/// <summary>The settings that an overlay gives to a pod, read by the checks of a real start, with made-up secrets where the overlay mounts its own.</summary>
sealed class OverlaySettings : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    /// <summary>What a node that is started there would find.</summary>
    public NodeConfiguration Node(Overlay overlay)
    {
        foreach (var (file, text) in overlay.Of<V1ConfigMap>("gateway-configuration").Data) _folder.Write(file, InFolder(text));
        foreach (var mount in overlay.Node.VolumeMounts) Directory.CreateDirectory(InFolder(mount.MountPath));
        WritePair("run/gateway/cluster", "gateway-admin.gateway.svc");
        WritePair("run/gateway/edge", "gw.example.org");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Secret("run/gateway/keys/seal.key", key.ExportPkcs8PrivateKeyPem());
        Secret("run/gateway/keys/cluster.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Secret("run/gateway/journal/connection", "Host=postgres.example.org;Port=5432;Database=gateway;Username=gateway;Password=x;SSL Mode=VerifyFull");
        Secret("run/gateway/upstream/password", "x");
        Secret("run/gateway/upstream/ca.crt", File.ReadAllText(_folder.PathOf("run/gateway/cluster/ca.crt")));
        var settings = new ConfigurationBuilder().AddJsonFile(_folder.PathOf("appsettings.json")).AddInMemoryCollection(Variables(overlay.Node)).Build();
        return NodeConfiguration.Read(settings, _folder.Root);
    }

    /// <summary>The same for a lighthouse.</summary>
    public LighthouseOptions Lighthouse(Overlay overlay, out IReadOnlyList<string> faults)
    {
        WritePair("run/gateway/cluster", "lighthouse-0");
        var container = overlay.Of<V1StatefulSet>("lighthouse").Spec.Template.Spec.Containers.Single();
        var settings = new ConfigurationBuilder().AddInMemoryCollection(Variables(container)).Build();
        return LighthouseOptionsCheck.Check(settings.GetSection(LighthouseOptions.Section), out faults);
    }

    public void Dispose() => _folder.Dispose();

    // As a kubelet has it: values of the pod itself, and $(NAME) stands for what was given before.
    Dictionary<string, string?> Variables(V1Container container)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in container.Env)
        {
            var value = variable.ValueFrom?.FieldRef.FieldPath switch
            {
                "metadata.name" => $"{container.Name}-0",
                "metadata.namespace" => "gateway",
                "status.podIP" => "10.1.2.3",
                null => variable.Value,
                var other => throw new InvalidOperationException($"no sample of {other}"),
            };
            foreach (var (name, known) in given) value = value.Replace($"$({name})", known, StringComparison.Ordinal);
            given[variable.Name] = value;
        }

        return given.ToDictionary(v => v.Key.Replace("__", ":", StringComparison.Ordinal), v => (string?)InFolder(v.Value));
    }

    string InFolder(string text) => text.Replace("/run/gateway/", _folder.PathOf("run/gateway/"), StringComparison.Ordinal)
        .Replace("/var/lib/gateway", _folder.PathOf("var/lib/gateway"), StringComparison.Ordinal);

    void WritePair(string directory, string name)
    {
        Directory.CreateDirectory(_folder.PathOf(directory));
        using var authority = new TestCertificates();
        authority.WriteAuthority(_folder.PathOf($"{directory}/ca.crt"));
        TestCertificates.Write(authority.Server(name), _folder.PathOf(directory), "tls");
    }

    void Secret(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.PathOf(path))!);
        _folder.WriteSecret(path, text);
    }
}

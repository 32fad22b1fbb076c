using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace Gateway.Specs.Support;

/// <summary>An overlay of deploy/k8s, rendered by kustomize as it would be applied.</summary>
sealed partial class Overlay
{
    static readonly ConcurrentDictionary<string, Lazy<Task<Overlay>>> s_rendered = new(StringComparer.Ordinal);

    Overlay(string yaml)
    {
        Yaml = yaml;
        var documents = Separator().Split(yaml).Where(d => d.Trim().Length > 0).ToLookup(d => CustomGroup().IsMatch(d));
        Custom = [.. documents[true]];
        // Strict: a field that the API does not know stops the loading.
        Objects = [.. KubernetesYaml.LoadAllFromString(string.Join("---\n", documents[false]), null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
    }

    public string Yaml { get; }

    /// <summary>Objects of Kubernetes itself.</summary>
    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>Objects of cert-manager and the Prometheus operator, as they are written.</summary>
    public IReadOnlyList<string> Custom { get; }

    public V1StatefulSet Nodes => Of<V1StatefulSet>("gateway");

    public V1Container Node => Nodes.Spec.Template.Spec.Containers.Single();

    public static Task<Overlay> RenderAsync(string name) =>
        s_rendered.GetOrAdd(name, _ => new(() => RenderAtAsync(Repository.File($"deploy/k8s/overlays/{name}")))).Value;

    /// <summary>Renders what lies in a directory.</summary>
    public static async Task<Overlay> RenderAtAsync(string directory)
    {
        var rendered = await Tool.RunAsync("kubectl", "kustomize", directory);
        return rendered.ExitCode == 0 ? new Overlay(rendered.Result) : throw new InvalidOperationException(rendered.Output);
    }

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    /// <summary>The object of that kind and name, with the suffix of its content or without.</summary>
    public T Of<T>(string name) where T : IKubernetesObject<V1ObjectMeta> =>
        All<T>().Single(o => o.Metadata.Name == name || (o.Metadata.Name.StartsWith(name + "-", StringComparison.Ordinal) && o is V1ConfigMap));

    [GeneratedRegex("^---\n", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^apiVersion: (cert-manager\.io|monitoring\.coreos\.com)/", RegexOptions.Multiline)]
    private static partial Regex CustomGroup();
}

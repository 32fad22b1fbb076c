using Gateway.Specs.Support;
using k8s.Models;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>What deploy/k8s says, as kustomize renders it, against Kubernetes' own schemas and against what nodes and lighthouses do.</summary>
public sealed class ManifestsSpec
{
    const string Trial = "trial";
    const string Production = "production";
    const string CertManager = "production-cert-manager";

    [RequiresTheory("kubectl", "node", "npm")]
    [InlineData(Trial)]
    [InlineData(Production)]
    [InlineData(CertManager)]
    public async Task Every_object_is_one_that_Kubernetes_takes(string name)
    {
        // Rendering has refused unknown fields; this finds what is missing, or of another type.
        var overlay = await Overlay.RenderAsync(name);
        using var folder = new ConfigurationFolder();

        var judged = await NpmPackages.RunAsync("kubernetes-models.mjs", folder.Write("rendered.yaml", overlay.Yaml));

        Assert.Equal("valid", judged.Output.Trim());
        Assert.NotEmpty(overlay.Objects);
    }

    [RequiresFact("kubectl", "node", "npm")]
    public async Task A_manifest_that_lacks_what_is_required_or_says_what_nobody_knows_is_found()
    {
        var overlay = await Overlay.RenderAsync(Trial);
        using var folder = new ConfigurationFolder();
        var broken = overlay.Yaml.Replace("containerPort: 8883", "containerPort: much", StringComparison.Ordinal);

        var judged = await NpmPackages.RunAsync("kubernetes-models.mjs", folder.Write("broken.yaml", broken));

        Assert.Contains("containerPort must be integer", judged.Output, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => k8s.KubernetesYaml.LoadAllFromString(
            "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { selectr: {} }\n", null, strict: true));
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Images_are_named_by_digest(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.All(Containers(overlay), c => Assert.Matches("^registry\\.example\\.org/gateway/(node|lighthouse)@sha256:[0-9a-f]{64}$", c.Image));
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Pods_meet_the_restricted_security_standard_and_write_to_volumes_only(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Equal("restricted", overlay.All<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        Assert.All(overlay.All<V1StatefulSet>().Select(s => s.Spec.Template.Spec), pod =>
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
            Assert.False(pod.AutomountServiceAccountToken);
            Assert.Null(pod.HostNetwork);
        });
        Assert.All(overlay.All<V1ServiceAccount>(), account => Assert.False(account.AutomountServiceAccountToken));
        Assert.All(Containers(overlay), c =>
        {
            Assert.True(c.SecurityContext.ReadOnlyRootFilesystem);
            Assert.False(c.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], c.SecurityContext.Capabilities.Drop);
            Assert.Null(c.SecurityContext.Capabilities.Add);
            Assert.True(c.Resources.Requests.ContainsKey("cpu") && c.Resources.Requests.ContainsKey("memory") && c.Resources.Limits.ContainsKey("memory"));
        });
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Secrets_come_by_reference_and_with_a_mode_that_a_node_takes(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Empty(overlay.All<V1Secret>());
        Assert.All(overlay.All<V1StatefulSet>().Select(s => s.Spec.Template.Spec), pod =>
        {
            // MountedSecretsSpec shows that a node takes such files.
            Assert.All(pod.Volumes.Where(v => v.Secret is not null), v => Assert.Equal(Octal("440"), v.Secret.DefaultMode));
            Assert.Equal(pod.SecurityContext.RunAsGroup, pod.SecurityContext.FsGroup);
        });
        // Else a kubelet would make the keys that a node keeps on its volume readable to its group, and the node refuses them.
        Assert.Equal("OnRootMismatch", overlay.Nodes.Spec.Template.Spec.SecurityContext.FsGroupChangePolicy);
    }

    [RequiresTheory("kubectl")]
    [InlineData(Trial)]
    [InlineData(Production)]
    public async Task Whatever_a_pod_mounts_refers_to_is_there_or_named_in_the_instructions(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var instructions = await File.ReadAllTextAsync(Repository.File("deploy/k8s/README.md"));

        Assert.All(overlay.All<V1StatefulSet>(), set =>
        {
            var pod = set.Spec.Template.Spec;
            var claimed = set.Spec.VolumeClaimTemplates?.Select(c => c.Metadata.Name) ?? [];
            Assert.Equal(pod.Volumes.Select(v => v.Name).Concat(claimed).Order(), pod.Containers.Single().VolumeMounts.Select(m => m.Name).Order());
            Assert.All(pod.Volumes.Where(v => v.ConfigMap is not null), v => Assert.Contains(overlay.All<V1ConfigMap>(), c => c.Metadata.Name == v.ConfigMap.Name));
            Assert.All(
                pod.Volumes.Where(v => v.Secret is not null),
                v => Assert.Contains($"create secret generic {v.Secret.SecretName} ", instructions, StringComparison.Ordinal));
            Assert.Contains(overlay.All<V1Service>(), s => s.Metadata.Name == set.Spec.ServiceName && s.Spec.ClusterIP == "None");
        });
    }

    [RequiresFact("kubectl")]
    public async Task No_disruption_takes_more_than_one_and_lighthouses_keep_their_majority()
    {
        var overlay = await Overlay.RenderAsync(Production);

        Assert.Equal(3, overlay.Of<V1StatefulSet>("lighthouse").Spec.Replicas);
        Assert.All(overlay.All<V1StatefulSet>(), set =>
        {
            var budget = overlay.Of<V1PodDisruptionBudget>(set.Metadata.Name);
            Assert.Equal("1", budget.Spec.MaxUnavailable.Value);
            Assert.Equal(set.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
            Assert.Contains(set.Spec.Template.Spec.TopologySpreadConstraints, c => c.TopologyKey == "topology.kubernetes.io/zone");
        });
    }

    [RequiresFact("kubectl")]
    public async Task The_autoscaler_steers_the_nodes_by_a_metric_that_they_export()
    {
        var overlay = await Overlay.RenderAsync(Production);
        var scaler = overlay.Of<V2HorizontalPodAutoscaler>("gateway").Spec;
        var rule = await File.ReadAllTextAsync(Repository.File("deploy/k8s/prometheus-adapter-rules.yaml"));

        var metric = Assert.Single(scaler.Metrics, m => m.Type == "Pods").Pods.Metric.Name;

        Assert.Contains(metric, ExportedMetrics.Documented());
        Assert.Contains($"as: {metric} ", rule, StringComparison.Ordinal);
        Assert.Equal(("StatefulSet", "gateway"), (scaler.ScaleTargetRef.Kind, scaler.ScaleTargetRef.Name));
        // What the autoscaler decides, a manifest must not take back each time it is applied.
        Assert.Null(overlay.Nodes.Spec.Replicas);
        Assert.True(scaler.MinReplicas >= 3);
    }

    static int Octal(string mode) => Convert.ToInt32(mode, 8);

    static IEnumerable<V1Container> Containers(Overlay overlay) => overlay.All<V1StatefulSet>().SelectMany(s => s.Spec.Template.Spec.Containers);
}

using Gateway.Specs.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Gateway.Specs.Deploy;

/// <summary>deploy/compose in a folder of a spec's own.</summary>
sealed class ComposeFolder : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    public ComposeFolder()
    {
        var source = Repository.File("deploy/compose");
        Directory.CreateDirectory(PathOf("node"));
        foreach (var file in Directory.EnumerateFiles(source).Concat(Directory.EnumerateFiles(Path.Combine(source, "node"))))
            File.Copy(file, PathOf(Path.GetRelativePath(source, file)));
    }

    public string Root => _folder.Root;

    /// <summary>What prepare.sh makes.</summary>
    public string Made => PathOf("made");

    public string PathOf(string name) => _folder.PathOf(name);

    public void Write(string name, string text) => _folder.Write(name, text);

    public async Task PrepareAsync()
    {
        var prepared = await Tool.RunInAsync(Root, "sh", "prepare.sh");
        Assert.True(prepared.ExitCode == 0, prepared.Output);
    }

    /// <summary>The services as compose itself understands the file, with what is written once and used twice in its places.</summary>
    public async Task<YamlMappingNode> ServicesAsync()
    {
        var read = await Tool.RunInAsync(Root, "docker-compose", "--profile", "tools", "config");
        Assert.True(read.ExitCode == 0, read.Output);
        var yaml = new YamlStream();
        yaml.Load(new StringReader(read.Result));
        return (YamlMappingNode)yaml.Documents[0].RootNode["services"];
    }

    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    public void Dispose() => _folder.Dispose();
}

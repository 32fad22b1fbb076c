using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>
/// Secrets as a kubelet mounts them: files of root below a symbolic link, readable by the pod's group (<c>fsGroup</c>), for a process of another user. A
/// file that belongs to the process itself has to be its own alone.
/// </summary>
public sealed class MountedSecretsSpec : IDisposable
{
    const string Group = "65532";

    readonly ConfigurationFolder _folder = new();
    readonly MountedFile _mounted;

    public MountedSecretsSpec() => _mounted = new MountedFile("seal.key", _folder.PathOf("secret"));

    public void Dispose()
    {
        _mounted.Dispose();
        _folder.Dispose();
    }

    [RequiresTheory("setpriv", "chown", Requirement.Root)]
    [InlineData("root", "440", true)]
    [InlineData("root", "640", true)]
    [InlineData("root", "660", false)]
    [InlineData("root", "444", false)]
    [InlineData("root", "442", false)]
    [InlineData(Group, "400", true)]
    [InlineData(Group, "440", false)]
    public async Task A_mounted_secret_may_be_read_by_the_group_only_where_it_belongs_to_root(string owner, string mode, bool taken)
    {
        await MountAsync(owner, mode);

        var checkedBy = await Tool.RunAsync(
            "setpriv", "--reuid", Group, "--regid", Group, "--clear-groups", "dotnet", typeof(CommandLine).Assembly.Location, "check", _folder.Root);

        if (taken) Assert.Contains("no faults", checkedBy.Output, StringComparison.Ordinal);
        else Assert.Contains("/secret/seal.key can be read by its group or by everybody; chmod 600 ", checkedBy.Output, StringComparison.Ordinal);
        Assert.Equal(taken ? ExitCode.Ok : ExitCode.Failed, checkedBy.ExitCode);
    }

    async Task MountAsync(string owner, string mode)
    {
        _folder.Write("appsettings.json", """{ "Gateway": { "ConnectionsFile": "", "Journal": { "SealKeyFile": "secret/seal.key" } } }""");
        _mounted.Put("not looked into here"u8.ToArray());
        var key = new FileInfo(_mounted.Path).ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        await RunAsync("chown", $"{owner}:{Group}", key);
        await RunAsync("chmod", mode, key);
        await RunAsync("chmod", "755", _folder.Root, Path.GetDirectoryName(_mounted.Path)!, Path.GetDirectoryName(key)!);
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        var run = await Tool.RunAsync(program, arguments);
        Assert.True(run.ExitCode == 0, run.Output);
    }
}

using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Build;

/// <summary>build.sh and build.ps1 against a stand-in for <c>dotnet</c> that writes down its arguments and ends with code 7.</summary>
public sealed class DoorsSpec : IDisposable
{
    static readonly string[] s_arguments = ["test", "--filter", "two words"];

    readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("gateway-doors");

    string Written => Path.Combine(_elsewhere.FullName, "arguments");

    public DoorsSpec()
    {
        var standIn = Path.Combine(_elsewhere.FullName, "dotnet");
        File.WriteAllText(standIn, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$(dirname \"$0\")/arguments\"\nexit 7\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(standIn, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => _elsewhere.Delete(recursive: true);

    [Fact]
    public void The_PowerShell_door_has_no_syntax_errors_and_calls_nothing_but_dotnet()
    {
        var script = Parser.ParseFile(Repository.File("build.ps1"), out _, out var errors);

        Assert.Empty(errors);
        var commands = script.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>();
        Assert.Equal(["dotnet"], commands.Select(c => c.GetCommandName()));
    }

    [RequiresFact("bash")]
    public void The_shell_door_passes_arguments_and_the_exit_code_from_any_directory()
    {
        var start = new ProcessStartInfo(Tool.Path("bash"), [Repository.File("build.sh"), .. s_arguments]) { WorkingDirectory = _elsewhere.FullName };
        start.Environment["PATH"] = $"{_elsewhere.FullName}:{start.Environment["PATH"]}";

        using var door = Process.Start(start)!;

        Assert.True(door.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(7, door.ExitCode);
        Assert.Equal(Expected, File.ReadAllLines(Written));
    }

    [Fact]
    public void The_PowerShell_door_passes_arguments_and_the_exit_code()
    {
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateFunctionEntry("dotnet", "$global:written = $args; $global:LASTEXITCODE = 7"));
        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand(Repository.File("build.ps1"));
        foreach (var argument in s_arguments) shell.AddArgument(argument);

        shell.Invoke();

        Assert.Equal(7, runspace.SessionStateProxy.GetVariable("LASTEXITCODE"));
        Assert.Equal(Expected, ((object[])runspace.SessionStateProxy.GetVariable("written")).Select(a => a.ToString()));
    }

    static IEnumerable<string> Expected => ["run", "--project", Repository.File("build"), "--", .. s_arguments];
}

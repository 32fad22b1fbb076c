using System.CommandLine;

namespace Gateway.Build;

/// <summary>Every target, with its options and the commands it consists of.</summary>
static class Targets
{
    static readonly string[] s_published = ["Gateway.Node", "Gateway.Lighthouse", "Gateway.Cli"];

    public static IEnumerable<Command> All() => [Demo(), Test(), Check(), Build(), Bench(), Scale(), Soak(), Chaos(), Audit(), Publish(), Images()];

    static Command Demo()
    {
        var once = new Option<bool>("--once") { Description = "End after the walk instead of serving until Ctrl-C; exit code 0 when every step passed." };
        return Target("demo", "Start a one-node gateway with a broker and a token issuer of its own, and walk through it.", [once], (parsed, cancel) =>
            Shell.Dotnet(cancel, ["run", "--project", "Gateway.Demo", "--", .. parsed.GetValue(once) ? ["--once"] : Array.Empty<string>()]));
    }

    static Command Test()
    {
        var filter = new Option<string?>("--filter") { Description = "Run only the specs whose full name contains this." };
        return Target("test", "Run the specs. As root on Debian, first install the servers and clients they need.", [filter], (parsed, cancel) =>
            TestRun.Run(parsed.GetValue(filter), cancel));
    }

    static Command Check() =>
        Target("check", "Verify the formatting and build everything with warnings as errors.", [], async (_, cancel) =>
        {
            var build = await Shell.Dotnet(cancel, ["build", "Gateway.sln", "-nologo", "-v", "quiet"]);
            var format = await Shell.Dotnet(cancel, ["format", "Gateway.sln", "--verify-no-changes", "--no-restore"]);
            return build != 0 ? build : format;
        });

    static Command Build() =>
        Target("build", "Build everything.", [], (_, cancel) => Shell.Dotnet(cancel, ["build", "Gateway.sln", "-nologo", "-v", "quiet"]));

    static Command Bench()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "What to measure: 'relay' (against nginx and haproxy, the default), 'micro' (BenchmarkDotNet), or 'gate'.",
        };
        var command = Target("bench", "Measure, and write docs/performance.md from the relay benchmark.", [], (parsed, cancel) =>
            Benchmarks.Run(parsed.GetValue(arguments) ?? [], cancel));
        command.Arguments.Add(arguments);
        return command;
    }

    static Command Scale()
    {
        var quick = new Option<bool>("--quick") { Description = "A fifth of it, in two minutes: to see whether it works. docs/performance.md stays as it is." };
        const string About = "Measure one node against its sessions and a cluster against its nodes, in about ten minutes, and write docs/performance.md.";
        return Target("scale", About, [quick], (parsed, cancel) =>
            Benchmarks.Run(["scale", .. parsed.GetValue(quick) ? ["--quick"] : Array.Empty<string>()], cancel));
    }

    static Command Soak()
    {
        var what = new Argument<string>("what")
        {
            Description = "'rotation': three nodes, 90-second certificates and streaming sessions. 'kills': nodes that are killed under traffic, again and again. "
                + "'big': one session of gigabytes, recorded, verified and exported.",
        };
        var minutes = new Option<int>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
        var gib = new Option<double>("--gib") { Description = "How large the session of 'big' is.", DefaultValueFactory = _ => 1 };
        what.AcceptOnlyFromAmong(Soaks.Rotation, Soaks.Kills, Soaks.Big);
        var command = Target("soak", "Have a real cluster work for minutes, and print its figures.", [minutes, gib], (parsed, cancel) =>
            Soaks.Run(parsed.GetRequiredValue(what), parsed.GetValue(minutes), parsed.GetValue(gib), cancel));
        command.Arguments.Add(what);
        return command;
    }

    static Command Chaos()
    {
        var only = new Option<string?>("--only") { Description = "Only the faults whose name contains this, such as 'cut off'. docs/reliability.md stays as it is." };
        const string About = "Break a real cluster in every way its promises speak of, and write docs/reliability.md. Exit code 0 when every promise held.";
        return Target("chaos", About, [only], (parsed, cancel) => Gateway.Build.Chaos.Run(parsed.GetValue(only), cancel));
    }

    static Command Audit()
    {
        var what = new Argument<string>("what")
        {
            Description = "'tls': every TLS port of a node, before sslscan and testssl. Exit code 0 when nothing above Low is found.",
        };
        what.AcceptOnlyFromAmong(Audits.Tls);
        const string About = "Have scanners look at a real node, and print what they found. As root on Debian, first install them.";
        var command = Target("audit", About, [], (parsed, cancel) =>
            Audits.Run(parsed.GetRequiredValue(what), cancel));
        command.Arguments.Add(what);
        return command;
    }

    static Command Publish() =>
        Target("publish", "Publish gateway-node, gateway-lighthouse and the gateway command to artifacts/publish.", [], async (_, cancel) =>
        {
            foreach (var project in s_published)
            {
                var code = await Shell.Dotnet(cancel, ["publish", project, "-c", "Release", "-o", $"artifacts/publish/{project}", "-nologo", "-v", "quiet"]);
                if (code != 0) return code;
            }

            Console.WriteLine("Published to artifacts/publish.");
            return 0;
        });

    static Command Images()
    {
        var bases = new Option<bool>("--debian-bases") { Description = "Make the bases of Debian's packages and this machine's .NET, where no registry is reached." };
        var @try = new Option<bool>("--try") { Description = "Then start them as deploy/compose does, have a client publish, and read the recording. Wants docker or podman." };
        const string About = "Build the images of node, lighthouse and command line with docker, podman or buildah, whichever works here.";
        return Target("images", About, [bases, @try], (parsed, cancel) =>
            Gateway.Build.Images.Run(parsed.GetValue(bases), parsed.GetValue(@try), cancel));
    }

    static Command Target(string name, string description, IEnumerable<Option> options, Func<ParseResult, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(run);
        return command;
    }
}

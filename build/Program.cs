using System.CommandLine;
using Gateway.Build;

var root = new RootCommand("Builds, checks, tests and shows the gateway. The one door behind build.sh and build.ps1.");
foreach (var target in Targets.All()) root.Subcommands.Add(target);

// Ctrl-C reaches the program that a target runs as well; the target waits for it to end in order instead of leaving it behind.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

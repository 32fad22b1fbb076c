using Gateway.Cli;
using Spectre.Console;

var terminal = Console.IsOutputRedirected ? null : AnsiConsole.Console;
return CommandLine.Run(args, new CliOutput(Console.Out, Console.Error, terminal));

using Gateway.Cli;

return await CommandLine.RunAsync(args, CliOutput.OfProcess(Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable);

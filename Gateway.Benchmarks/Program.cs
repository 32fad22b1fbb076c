using Gateway.Benchmarks;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => (e.Cancel, _) = (true, stop.CancelAsync());
return await BenchmarkCommands.All().Parse(args).InvokeAsync(cancellationToken: stop.Token);

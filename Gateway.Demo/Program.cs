using System.Runtime.InteropServices;
using Gateway.Demo;

// A one-node gateway with everything around it on loopback: walks through it once, then serves until Ctrl-C (--once: ends after the walk).
var isOnce = args is ["--once"];
if (args.Length > 0 && !isOnce)
{
    Console.Error.WriteLine("gateway-demo: unknown argument; use --once or nothing");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await DemoWalk.RunAsync(isOnce, Console.Out, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

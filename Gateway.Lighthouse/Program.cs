using Akka.Hosting;
using Gateway.Lighthouse;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = Host.CreateApplicationBuilder(args);
var options = LighthouseOptionsCheck.Check(builder.Configuration.GetSection(LighthouseOptions.Section), out var faults);
foreach (var fault in faults) Console.Error.WriteLine(fault);
if (faults.Count > 0) return 1;

builder.Logging.ClearProviders().AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.UseUtcTimestamp = true;
    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
});
builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton<LighthouseCertificates>();
builder.Services.AddSingleton(new MemberFile(options.DataDirectory));
builder.Services.AddHostedService(services => services.GetRequiredService<LighthouseCertificates>());
builder.Services.AddHostedService<HealthEndpoint>();
builder.Services.AddAkka(LighthouseCluster.SystemName, LighthouseCluster.Start);

// SIGTERM stops the host, and that leaves the cluster first.
await builder.Build().RunAsync();
return Environment.ExitCode;

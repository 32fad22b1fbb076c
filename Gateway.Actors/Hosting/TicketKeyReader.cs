using Gateway.Actors.Tls.OpenSsl;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>
/// Reads the shared ticket keys at start, and again when their file changes. A file that became unusable changes nothing.
/// </summary>
public sealed partial class TicketKeyReader(string path, TicketKeyRing ring, TimeProvider time, ILogger<TicketKeyReader> logger)
    : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    string? _readOf;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Read();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) Read();
    }

    void Read()
    {
        try
        {
            var seen = ConfiguredFiles.Fingerprint(path);
            if (seen == _readOf) return;
            if (ConfiguredFiles.NotSecret(path) is { } unfit) throw new InvalidDataException($"{unfit.Problem}; {unfit.Remedy}");
            var keys = TicketKeyFile.Read(path);
            ring.Share(keys);
            _readOf = seen;
            LogRead(path, keys.Count);
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            LogUnusable(path, fault.Message);
        }
    }

    [LoggerMessage(211, LogLevel.Information, "{Count} ticket keys were read from {File}.")]
    partial void LogRead(string file, int count);

    [LoggerMessage(212, LogLevel.Warning, "The ticket keys of {File} are not used, the ones before stay: {Problem}.")]
    partial void LogUnusable(string file, string problem);
}

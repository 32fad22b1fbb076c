using System.Data.Common;
using Gateway.Actors.Record;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Hosting;

/// <summary>Asks the journal's database again and again whether it answers, so that readiness can tell without waiting.</summary>
public sealed partial class JournalProbe(JournalDatabase journal, TimeProvider time, ILogger<JournalProbe> log) : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_answer = TimeSpan.FromSeconds(3);

    // The node opened the journal before it started.
    volatile ReadinessCheck _check = ReadinessCheck.Passed("journal");

    public ReadinessCheck Check => _check;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await ProbeAsync(stoppingToken);
    }

    async Task ProbeAsync(CancellationToken stopping)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(s_answer);
        try
        {
            await journal.RequireTablesAsync(deadline.Token);
            if (!_check.Ok) LogAnswer(log, journal.Place);
            _check = ReadinessCheck.Passed("journal");
        }
        catch (Exception e) when (e is JournalUnavailableException or DbException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            if (_check.Ok) LogSilence(log, e, journal.Place);
            _check = ReadinessCheck.Failed("journal", $"{journal.Place} does not answer");
        }
    }

    [LoggerMessage(400, LogLevel.Error, "The journal {Place} does not answer")]
    static partial void LogSilence(ILogger log, Exception cause, string place);

    [LoggerMessage(401, LogLevel.Information, "The journal {Place} answers again")]
    static partial void LogAnswer(ILogger log, string place);
}

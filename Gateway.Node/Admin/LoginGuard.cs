using System.Net;
using System.Threading.RateLimiting;
using Gateway.Actors.Accept;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>
/// Counts refused tokens by the address they came from, and shuts an address out for the rest of the minute when they were too many: whatever it
/// sends then is answered the same, a good token included, so that nobody learns which one was good. Each time is recorded once.
/// </summary>
sealed class LoginGuard : IDisposable
{
    static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<IPAddress> _failures;
    readonly IRegistryCommands _registry;
    readonly AuditTrail _audit;
    readonly ILogger<LoginGuard> _log;

    public LoginGuard(AdminOptions admin, IRegistryCommands registry, AuditTrail audit, ILogger<LoginGuard> log)
    {
        (_registry, _audit, _log) = (registry, audit, log);
        _failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetFixedWindowLimiter(
            PeerAddress.Network(address), _ => new FixedWindowRateLimiterOptions { PermitLimit = admin.LoginFailures, Window = s_window, QueueLimit = 0 }));
    }

    /// <summary>Whether the address may show a token now.</summary>
    public bool IsOpen(IPAddress? address)
    {
        using var lease = _failures.AttemptAcquire(address ?? IPAddress.None, permitCount: 0);
        return lease.IsAcquired;
    }

    /// <summary>A token from there was refused.</summary>
    public void Failed(IPAddress? address)
    {
        using var lease = _failures.AttemptAcquire(address ?? IPAddress.None);
        if (!lease.IsAcquired || IsOpen(address)) return;
        AdminLog.LoginsShutOut(_log, address);
        _ = RecordAsync(address);
    }

    public void Dispose() => _failures.Dispose();

    async Task RecordAsync(IPAddress? address)
    {
        var act = _audit.ActOf("nobody", "", address);
        var recorded = new ActRecorded { Act = act, Kind = ActKind.LoginsRefused, Target = act.Address, Detail = "too many tokens were refused" };
        var answer = await _registry.ChangeAsync([recorded], null, CancellationToken.None);
        if (!answer.IsDone) AdminLog.NotRecorded(_log, act.Address, answer.Detail);
    }
}

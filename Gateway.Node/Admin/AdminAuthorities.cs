using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;

namespace Gateway.Node.Admin;

/// <summary>
/// The authorities whose client certificates the admin API takes, read again when their file changed. A file that is gone or faulty
/// lets nobody in by certificate, and tokens still count. Safe for use from several threads.
/// </summary>
sealed class AdminAuthorities(string file, TimeProvider time, ILogger log)
{
    /// <summary>How long a change may go unnoticed.</summary>
    static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    X509Certificate2Collection _authorities = [];
    FileProblem? _problem;
    string? _readOf;
    DateTimeOffset _nextLook = DateTimeOffset.MinValue;

    public X509Certificate2Collection Current
    {
        get
        {
            lock (_lock)
            {
                var now = time.GetUtcNow();
                if (now < _nextLook) return _authorities;
                _nextLook = now + s_lookEvery;
                Look();
                return _authorities;
            }
        }
    }

    void Look()
    {
        var fingerprint = ConfiguredFiles.Fingerprint(file);
        // What could not be read is tried again: it may have been replaced just then.
        if (_problem is null && fingerprint == _readOf) return;
        var read = ConfiguredFiles.Certificates(file, out var problem);
        if (problem is { } found && problem != _problem) AdminLog.NoAuthorities(log, found.Problem, found.Remedy);
        // Replaced ones are left to the garbage collector: a handshake may still judge by them.
        (_authorities, _problem, _readOf) = (problem is null ? read : [], problem, fingerprint);
    }
}

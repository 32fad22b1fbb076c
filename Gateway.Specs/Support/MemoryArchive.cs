using System.Runtime.CompilerServices;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Specs.Support;

/// <summary>An archive of one session. Events are numbered from 1.</summary>
sealed class MemoryArchive(SessionRow row, IReadOnlyList<StoredEvent> events) : ISessionArchive
{
    public SessionFilter? Asked { get; private set; }

    public Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel)
    {
        Asked = filter;
        return Task.FromResult<IReadOnlyList<SessionRow>>([row]);
    }

    public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) =>
        Task.FromResult(sessionId == row.SessionId ? row : null);

    public async IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, [EnumeratorCancellation] CancellationToken cancel)
    {
        await Task.CompletedTask;
        for (var i = 0; i < events.Count; i++)
            yield return new JournaledEvent(i + 1, events[i].Manifest, events[i].Bytes);
    }

    public Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel) => Task.FromResult(KeyFinding.None);

    /// <summary>The row of <see cref="SampleSession"/>, ended or still open.</summary>
    public static SessionRow SampleRow(bool ended) => new()
    {
        SessionId = SampleSession.Id,
        Connection = "telemetry",
        Protocol = "mqtt",
        NodeKey = "node1",
        ClientAddress = "192.0.2.7:40112",
        Subject = "münchen-42",
        StartedAt = SampleSession.Opened.OpenedAt,
        Closing = ended ? SampleSession.Closing with { ToUpstreamBytes = 9, ToClientBytes = 303 } : null,
    };
}

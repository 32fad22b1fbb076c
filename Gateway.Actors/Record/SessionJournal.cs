using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence.Sql.Journal;

namespace Gateway.Actors.Record;

/// <summary>The journal plugin, which does not ask the database for the history of a session that is known to have none.</summary>
public sealed class SessionJournal : SqlWriteJournal
{
    readonly Func<string, bool> _isNew;

    public SessionJournal(Config config)
        : base(config)
    {
        var setup = Context.System.Settings.Setup.Get<NewSessions>();
        _isNew = setup.HasValue ? setup.Value.IsNew : static _ => false;
    }

    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _isNew(persistenceId) ? Task.FromResult(0L) : base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr, cancellationToken);
}

/// <summary>Tells sessions that begin here and now, so that nothing of them can be in any journal, from all others.</summary>
/// <param name="isNew">Asked with a persistence id, from any thread.</param>
public sealed class NewSessions(Func<string, bool> isNew) : Setup
{
    public bool IsNew(string persistenceId) => isNew(persistenceId);
}

using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Hosting;

/// <summary>Erases recordings, once that is an act of the record and no legal hold forbids it; tells what became of them.</summary>
public sealed class RecordingLife(IRegistry registry, IRegistryCommands commands, IRecordingKeys keys)
{
    public Task<SealedKey> KeyAsync(string sessionId, CancellationToken cancel) => keys.FindAsync(sessionId, cancel);

    /// <summary>Records the act and destroys the key. Where a node dies in between, <see cref="ErasureKeeper"/> does what is left to do.</summary>
    public async Task<RegistryAnswer> EraseAsync(RecordingErased act, CancellationToken cancel)
    {
        var answer = await commands.ChangeAsync([act], null, cancel);
        if (answer.IsDone) await keys.DestroyAsync(act.SessionId, act.Act.At, CancellationToken.None);
        return answer;
    }

    /// <summary>The view with what is known of hold and erasure.</summary>
    public async Task<SessionView> ShownAsync(SessionView view, CancellationToken cancel)
    {
        var destroyed = (await keys.FindAsync(view.Id, cancel)).DestroyedAt;
        return view with
        {
            Hold = registry.Current.Holds.TryGetValue(view.Id, out var held) ? HoldView.Of(held) : null,
            Erased = destroyed is { } at ? JournalTime.Write(at) : null,
        };
    }
}

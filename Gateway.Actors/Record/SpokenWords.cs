using Gateway.Actors.Connections;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Reading;

namespace Gateway.Actors.Record;

/// <summary>
/// Records what is said outside of the relay, a login and the gateway's own words, as the connection's level has it. For one thread at a time.
/// </summary>
/// <param name="recording">Takes it.</param>
/// <param name="profile">The connection's.</param>
/// <param name="facts">What is known of the upstream, once anything is said.</param>
/// <param name="time">The clock.</param>
public sealed class SpokenWords(ISessionRecording recording, ConnectionProfile profile, Func<UpstreamFacts?> facts, TimeProvider time)
{
    OperationLog? _log;

    /// <summary>The operations so far, at the level that keeps them; first of the login, then of the relay.</summary>
    public OperationLog Log => _log ??= new OperationLog(OperationReader.Of(profile.Protocol.Name, OperationLog.Limits, facts()), time);

    /// <summary>Records the bytes; completes once they are durable.</summary>
    public Task RecordAsync(Direction direction, ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? Task.CompletedTask : profile.Recording.Level switch
    {
        RecordingLevel.Full => KeepAsync(direction, bytes),
        RecordingLevel.Operations => LogAsync(direction, bytes),
        _ => CountAsync(direction, bytes.Length),
    };

    Task KeepAsync(Direction direction, ReadOnlyMemory<byte> bytes)
    {
        var last = Task.CompletedTask;
        while (!bytes.IsEmpty)
        {
            var draft = ChunkDraft.Rent(time);
            bytes = bytes[draft.Add(direction, bytes.Span)..];
            var durable = Durable();
            recording.Record(draft, _ => durable.TrySetResult());
            last = durable.Task;
        }

        return last;
    }

    // The login is read too: it says in which version of the protocol the rest is.
    Task LogAsync(Direction direction, ReadOnlyMemory<byte> bytes)
    {
        var last = Task.CompletedTask;
        Log.Add(direction, bytes.Span, Keep);
        if (Log.Take() is { } taken) Keep(taken);
        return last;

        void Keep(OperationsRecorded recorded)
        {
            var durable = Durable();
            recording.Record(recorded, durable.SetResult);
            last = durable.Task;
        }
    }

    Task CountAsync(Direction direction, int length)
    {
        var (up, down) = direction == Direction.ToUpstream ? (length, 0) : (0, length);
        var durable = Durable();
        var now = UnixMicros.Of(time.GetUtcNow());
        recording.Record(new TrafficCounted { At = now, ToUpstreamBytes = up, ToClientBytes = down }, durable.SetResult);
        return durable.Task;
    }

    static TaskCompletionSource Durable() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

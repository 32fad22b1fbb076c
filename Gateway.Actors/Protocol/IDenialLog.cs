using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>Takes note of operations: of each that was denied, and of what is done for the first time.</summary>
public interface IDenialLog
{
    /// <summary>Calls that may wait to be durable at once; beyond it the session reads nothing, so that a client cannot flood the journal with denials.</summary>
    const int Most = 16;

    /// <summary><paramref name="recorded"/> is called, on any thread, once they are durable.</summary>
    void Denied(IReadOnlyList<DeniedOperation> operations, Action recorded);

    /// <summary>For the index that sessions are found by: nothing waits for it.</summary>
    void FirstSeen(IReadOnlyList<SeenOperation> operations);
}

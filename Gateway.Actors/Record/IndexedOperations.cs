namespace Gateway.Actors.Record;

/// <summary>An operation that a session did, or tried to, on a resource: in the protocol's words, and when it did so first, in microseconds since the Unix epoch.</summary>
public sealed record IndexedOperation(string Operation, string Resource, bool IsDenied, long FirstAt);

/// <summary>What the index holds of a session's operations, by operation and resource.</summary>
/// <param name="All">Each with each outcome once.</param>
/// <param name="IsWhole">
/// There are no others. Of a session that runs that is so but for its last seconds. False where it did more than the index keeps, where it is not known what
/// it did last, and where an earlier version recorded it.
/// </param>
public sealed record SessionOperations(IReadOnlyList<IndexedOperation> All, bool IsWhole)
{
    /// <summary>Nothing is known.</summary>
    public static readonly SessionOperations Unknown = new([], false);
}

/// <summary>A question for sessions by what they did. At least one of the first two is set.</summary>
/// <param name="Operation">In the protocol's word; null: whatever it was.</param>
/// <param name="Topic">On exactly this resource; null: on whatever.</param>
/// <param name="Perhaps">Instead of those that did: those of which the index does not hold all that they did, and not this.</param>
public sealed record OperationQuestion(string? Operation, string? Topic, bool Perhaps = false);

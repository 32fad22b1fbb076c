using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Actors.Protocol;

/// <summary>How a session ended, or is to end. <see cref="Refusal"/> is None when it ran its course.</summary>
public sealed record SessionEnd(Ending Ending, Refusal Refusal, string? Detail)
{
    /// <summary>One of the peers ended it, not the gateway.</summary>
    public bool RanItsCourse => Ending is Ending.ClosedByClient or Ending.ClosedByUpstream;

    public static SessionEnd Refused(Refusal refusal, string detail) => new(Ending.Refused, refusal, detail);

    public static SessionEnd ClosedBy(Direction sender, string? detail = null) =>
        new(sender == Direction.ToUpstream ? Ending.ClosedByClient : Ending.ClosedByUpstream, Refusal.None, detail);
}

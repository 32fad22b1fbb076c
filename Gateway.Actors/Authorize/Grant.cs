using Gateway.Actors.Connections;
using Gateway.Actors.Identify;
using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>
/// Step 4: this subject may use this connection, within these rules, until then. Only <see cref="AccessPolicy"/> makes one, and the upstream cannot
/// be dialled without one.
/// </summary>
public sealed record Grant
{
    Grant(Subject subject, AccessDecision decision) => (Subject, Profile, Decision) = (subject, subject.Connection.Profile, decision);

    public Subject Subject { get; }

    public ConnectionProfile Profile { get; }

    /// <summary>What allowed it.</summary>
    public AccessDecision Decision { get; }

    public OperationRules Operations => Profile.Operations;

    public DateTimeOffset? Expires => Decision.Until;

    internal static Grant To(Subject subject, AccessDecision decision) => new(subject, decision);
}

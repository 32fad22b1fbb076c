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
    Grant(Subject subject, ConnectionProfile profile, DateTimeOffset? expires) => (Subject, Profile, Expires) = (subject, profile, expires);

    public Subject Subject { get; }

    public ConnectionProfile Profile { get; }

    public OperationRules Operations => Profile.Operations;

    public DateTimeOffset? Expires { get; }

    internal static Grant To(Subject subject) => new(subject, subject.Connection.Profile, subject.Expires);
}

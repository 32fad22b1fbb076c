using Gateway.Actors.Identify;
using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>Decides whether a subject may use the connection it came through. Pure.</summary>
public static class AccessPolicy
{
    public static Verdict<Grant> Judge(Subject subject, DateTimeOffset now)
    {
        var access = subject.Connection.Profile.Access;
        if (subject.Expires <= now)
            return new Refused(Refusal.IdentityExpired, $"the proof of {subject.Name} expired at {subject.Expires:u}");
        if (access.Subjects.Contains(subject.Name, StringComparer.Ordinal)) return Grant.To(subject);
        if (access.Groups.Intersect(subject.Groups, StringComparer.Ordinal).Any()) return Grant.To(subject);
        return new Refused(
            Refusal.NotGranted, $"{subject.Name} is neither a subject nor in a group that connection {subject.Connection.Profile.Name} admits");
    }
}

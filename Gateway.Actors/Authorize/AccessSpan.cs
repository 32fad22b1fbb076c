using Gateway.Actors.Connections;

namespace Gateway.Actors.Authorize;

/// <summary>How long access lasts once it is allowed. Pure.</summary>
public static class AccessSpan
{
    /// <summary>
    /// How far hours that follow each other without a gap are counted together; a session that old has to be authorized anew.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    // Rules can be cut into minutes; a session that ends too early is no harm.
    const int MostSteps = 1000;

    /// <summary>Until when something allows and nothing denies; <see cref="DateTimeOffset.MaxValue"/>: for ever.</summary>
    internal static DateTimeOffset End(IReadOnlyList<AccessStep> concerned, DateTimeOffset now)
    {
        var allowed = Allowed([.. concerned.Where(step => step.Effect == AccessEffect.Allow)], now);
        var denied = concerned.Where(step => step.Effect == AccessEffect.Deny).Select(step => step.InForceAgain(now)).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        return allowed < denied ? allowed : denied;
    }

    static DateTimeOffset Allowed(AccessStep[] allows, DateTimeOffset now)
    {
        var until = now;
        for (var i = 0; i < MostSteps && until - now < Longest; i++)
        {
            var next = allows.Select(step => step.InForceUntil(until)).Max();
            if (next == DateTimeOffset.MaxValue) return DateTimeOffset.MaxValue;
            if (next is not { } later || later <= until) return until;
            until = later;
        }

        return until;
    }
}

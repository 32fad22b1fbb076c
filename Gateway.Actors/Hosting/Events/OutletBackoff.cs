namespace Gateway.Actors.Hosting.Events;

/// <summary>When an outlet that failed is tried again. Pure.</summary>
public static class OutletBackoff
{
    /// <summary>Origin: an outlet that was away for long is told within minutes of its return.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How long an outlet may ask to be left alone.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    /// <param name="failures">In a row, at least 1.</param>
    /// <param name="asked">What the outlet asked for; null: nothing.</param>
    public static TimeSpan After(int failures, TimeSpan? asked)
    {
        var own = TimeSpan.FromSeconds(1 << Math.Clamp(failures - 1, 0, 9));
        var wait = own < Longest ? own : Longest;
        if (asked is not { } longer || longer <= wait) return wait;
        return longer < LongestAsked ? longer : LongestAsked;
    }
}

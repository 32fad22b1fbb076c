namespace Gateway.Actors.Hosting.Clustering.Stability;

/// <summary>
/// How long members have come into reach and gone out of it so often that nothing could be decided about them. Times are since any moment, by a clock that
/// nobody sets. Not thread-safe.
/// </summary>
sealed partial class Unrest
{
    /// <summary>After so long without a change there is peace. Origin: the split-brain resolver decides after half of it (stable-after).</summary>
    public static readonly TimeSpan Peace = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long it may last. Origin: four times stable-after, so that several hosts that are lost one after the other, each while the last one is still
    /// decided about, are not taken for it.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    TimeSpan _since;
    TimeSpan _latest;

    /// <summary>True from a change on until <see cref="Outlasts"/> finds peace.</summary>
    public bool IsOn { get; private set; }

    /// <summary>A member came into reach, or went out of it.</summary>
    public void Take(TimeSpan at)
    {
        if (!IsOn) (IsOn, _since) = (true, at);
        _latest = at;
    }

    /// <summary>True when it has lasted for longer than it may.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isUndecided">A member is out of reach, and neither down nor leaving.</param>
    public bool Outlasts(TimeSpan now, bool isUndecided)
    {
        IsOn = IsOn && isUndecided && now - _latest < Peace;
        return IsOn && now - _since > Limit;
    }
}

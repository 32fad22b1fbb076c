namespace Gateway.Specs.Soaks;

/// <summary>A version of a certificate.</summary>
/// <param name="At">When it was issued.</param>
/// <param name="Serial">Its serial number.</param>
public sealed record IssuedSerial(DateTimeOffset At, string Serial);

/// <summary>What a handshake was shown.</summary>
/// <param name="Where">By whom.</param>
/// <param name="At">When the handshake began.</param>
/// <param name="Serial">The certificate's serial number.</param>
public sealed record ShownSerial(string Where, DateTimeOffset At, string Serial);

/// <summary>How long after a version was issued handshakes were still shown an older one.</summary>
public static class RotationLag
{
    /// <summary>
    /// The longest such time, where it was, and how many different versions were shown there; a serial that is none of the versions is not counted.
    /// </summary>
    /// <param name="issued">In the order of their issue.</param>
    /// <param name="shown">In any order.</param>
    public static IReadOnlyDictionary<string, (TimeSpan Longest, int Versions)> Of(
        IReadOnlyList<IssuedSerial> issued, IEnumerable<ShownSerial> shown)
    {
        var numbers = issued.Select((version, number) => (version.Serial, number))
            .ToDictionary(version => version.Serial, version => version.number, StringComparer.Ordinal);
        return shown.Where(s => numbers.ContainsKey(s.Serial)).GroupBy(s => s.Where).ToDictionary(
            group => group.Key,
            group => (
                group.Max(s => Late(issued, numbers[s.Serial], s.At)), group.Select(s => s.Serial).Distinct(StringComparer.Ordinal).Count()));
    }

    // Since the version after the one that was shown: zero when there was none yet.
    static TimeSpan Late(IReadOnlyList<IssuedSerial> issued, int number, DateTimeOffset at)
    {
        if (number + 1 >= issued.Count) return TimeSpan.Zero;
        var late = at - issued[number + 1].At;
        return late > TimeSpan.Zero ? late : TimeSpan.Zero;
    }
}

public sealed class RotationLagSpec
{
    static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch;

    static readonly IssuedSerial[] s_issued = [new(s_start, "A"), new(s_start.AddSeconds(60), "B"), new(s_start.AddSeconds(120), "C")];

    [Xunit.Fact]
    public void An_old_certificate_is_late_from_the_moment_the_next_was_issued()
    {
        ShownSerial[] shown =
        [
            Shown("gw-1", 1, "A"), Shown("gw-1", 61.5, "A"), Shown("gw-1", 62, "B"),
            Shown("gw-2", 59, "A"), Shown("gw-2", 123, "B"), Shown("gw-2", 500, "C"),
        ];

        var lags = RotationLag.Of(s_issued, shown);

        Xunit.Assert.Equal((TimeSpan.FromSeconds(1.5), 2), lags["gw-1"]);
        Xunit.Assert.Equal((TimeSpan.FromSeconds(3), 3), lags["gw-2"]);
    }

    static ShownSerial Shown(string where, double seconds, string serial) => new(where, s_start.AddSeconds(seconds), serial);
}

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

using Xunit;

namespace Gateway.Specs.Soaks;

public sealed class RotationLagSpec
{
    static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch;

    static readonly IssuedSerial[] s_issued = [new(s_start, "A"), new(s_start.AddSeconds(60), "B"), new(s_start.AddSeconds(120), "C")];

    [Fact]
    public void An_old_certificate_is_late_from_the_moment_the_next_was_issued()
    {
        ShownSerial[] shown =
        [
            Shown("gw-1", 1, "A"), Shown("gw-1", 61.5, "A"), Shown("gw-1", 62, "B"),
            Shown("gw-2", 59, "A"), Shown("gw-2", 123, "B"), Shown("gw-2", 500, "C"),
        ];

        var lags = RotationLag.Of(s_issued, shown);

        Assert.Equal((TimeSpan.FromSeconds(1.5), 2), lags["gw-1"]);
        Assert.Equal((TimeSpan.FromSeconds(3), 3), lags["gw-2"]);
    }

    static ShownSerial Shown(string where, double seconds, string serial) => new(where, s_start.AddSeconds(seconds), serial);
}

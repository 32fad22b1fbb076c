using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Record;

public class RecordingTimeSpec
{
    readonly FakeTimeProvider _passing = new(new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero));
    readonly SetClock _clock;

    public RecordingTimeSpec() => _clock = new SetClock(_passing);

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public void A_clock_that_is_set_during_a_session_moves_no_time_in_its_recording(int minutes)
    {
        var (began, time) = (_clock.GetUtcNow(), new RecordingTime(_clock));
        _passing.Advance(TimeSpan.FromSeconds(1));
        _clock.Ahead = TimeSpan.FromMinutes(minutes);
        var set = time.GetUtcNow();
        _passing.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(began.AddSeconds(1), set);
        Assert.Equal(began.AddSeconds(2), time.GetUtcNow());
        Assert.Equal(UnixMicros.Of(began.AddSeconds(2)), time.Now);
        Assert.Equal(began.AddSeconds(2).AddMinutes(minutes), new RecordingTime(_clock).GetUtcNow());
    }

    [Fact]
    public void Waits_are_those_of_the_clock_that_it_counts_by()
    {
        var time = new RecordingTime(_clock);
        var wait = Task.Delay(TimeSpan.FromSeconds(5), time);
        var began = time.GetTimestamp();

        _clock.Ahead = TimeSpan.FromMinutes(10);
        Assert.False(wait.IsCompleted);
        _passing.Advance(TimeSpan.FromSeconds(5));

        Assert.True(wait.IsCompleted);
        Assert.Equal(TimeSpan.FromSeconds(5), time.GetElapsedTime(began));
    }
}

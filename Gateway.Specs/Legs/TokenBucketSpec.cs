using Gateway.Actors.Legs;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Legs;

public sealed class TokenBucketSpec
{
    readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_burst_is_there_at_once_and_the_rest_comes_back_over_time()
    {
        var bucket = new TokenBucket(perSecond: 2, burst: 3, _time);

        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => bucket.TryTake()));
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => bucket.TryTake()));
        Assert.False(bucket.IsFull);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(bucket.IsFull);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => bucket.TryTake()));
    }

    [Fact]
    public void What_is_taken_beyond_the_burst_is_owed_for_as_long_as_it_takes_to_come_back()
    {
        var bucket = new TokenBucket(perSecond: 1000, burst: 1000, _time);

        Assert.Equal(TimeSpan.Zero, bucket.Take(1000));
        Assert.Equal(TimeSpan.FromSeconds(3), bucket.Take(3000));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(4), bucket.Take(2000));
    }
}

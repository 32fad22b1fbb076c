using Gateway.Actors.Record;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class ByteMarkSpec
{
    readonly ByteMark _mark = new();
    readonly List<long> _told = [];

    [Fact]
    public void It_is_told_once_with_the_bytes_that_reach_it()
    {
        _mark.Add(6);
        _mark.When(10, _told.Add);

        _mark.Add(3);
        Assert.Empty(_told);
        _mark.Add(2);
        _mark.Add(100);

        Assert.Equal([11], _told);
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 1)]
    public void What_has_passed_before_counts(long passed, int told)
    {
        _mark.Add(passed);

        _mark.When(10, _told.Add);

        Assert.Equal(told, _told.Count);
    }

    [Fact]
    public async Task Of_several_threads_one_tells()
    {
        _mark.When(50_000, passed =>
        {
            lock (_told) _told.Add(passed);
        });

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++) _mark.Add(1);
        })));

        Assert.Single(_told);
    }

    [Fact]
    public async Task Of_several_threads_one_tells_that_bytes_are_late()
    {
        var (isLate, told) = (false, 0);
        _mark.WhenLate(() => Volatile.Read(ref isLate), () => Interlocked.Increment(ref told));
        _mark.Add(1);
        Assert.Equal(0, told);
        Volatile.Write(ref isLate, true);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _mark.Add(1))));

        Assert.Equal(1, told);
    }
}

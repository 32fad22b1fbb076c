using Gateway.Actors.Connections;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class CompressionBudgetSpec
{
    // A twentieth of two cores: what took 100 ms is earned in a second.
    static readonly TimeSpan s_secondsEarnings = TimeSpan.FromMilliseconds(100);

    static readonly byte[] s_text = Text();

    readonly FakeTimeProvider _time = new();

    readonly CompressionBudget _budget;

    public CompressionBudgetSpec() => _budget = new CompressionBudget(cores: 2, _time);

    [Fact]
    public void What_is_said_seldom_is_compressed_thriftily_for_ever()
    {
        for (var second = 0; second < 1000; second++)
        {
            Assert.Equal(CompressionEffort.Thrifty, _budget.Effort);
            _budget.Spend(s_secondsEarnings);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void What_costs_more_than_its_share_is_compressed_swiftly_until_that_is_earned()
    {
        _budget.Spend(2 * s_secondsEarnings);
        Assert.Equal(CompressionEffort.Swift, _budget.Effort);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CompressionEffort.Thrifty, _budget.Effort);

        _budget.Spend(s_secondsEarnings);
        Assert.Equal(CompressionEffort.Swift, _budget.Effort);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(CompressionEffort.Swift, _budget.Effort);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(CompressionEffort.Thrifty, _budget.Effort);
    }

    [Fact]
    public void Long_silence_earns_no_more_than_a_short_one()
    {
        _time.Advance(TimeSpan.FromHours(1));

        _budget.Spend(2 * s_secondsEarnings);

        Assert.Equal(CompressionEffort.Swift, _budget.Effort);
    }

    [Fact]
    public void What_compressing_takes_is_spent()
    {
        var (budget, destination, swift) = (new CompressionBudget(cores: 1, TimeProvider.System), new byte[s_text.Length], Length(CompressionEffort.Swift));

        // A tenth of a second of a core, at any speed; a core that does nothing else earns a twentieth of that meanwhile.
        Assert.Contains(swift, Enumerable.Range(0, 1_000_000).Select(_ => budget.TryCompress(s_text, destination)));
    }

    [Fact]
    public void Either_effort_restores_and_the_thrifty_one_leaves_less()
    {
        Assert.True(Length(CompressionEffort.Thrifty) < Length(CompressionEffort.Swift));
        Assert.True(Length(CompressionEffort.Swift) < s_text.Length / 2);
    }

    [Theory]
    [InlineData(RecordingCompression.Small, CompressionEffort.Thrifty)]
    [InlineData(RecordingCompression.Fast, CompressionEffort.Swift)]
    public void A_connection_that_says_how_has_it_so_whatever_was_spent(RecordingCompression rule, CompressionEffort effort)
    {
        foreach (var spent in new[] { TimeSpan.Zero, TimeSpan.FromHours(1) })
        {
            _budget.Spend(spent);
            Assert.Equal(Length(effort), ChunkCompression.Of(rule, _budget).TryCompress(s_text, new byte[s_text.Length]));
        }
    }

    [Fact]
    public void A_connection_that_is_to_adapt_shares_the_nodes_budget() => Assert.Same(_budget, ChunkCompression.Of(RecordingCompression.Adaptive, _budget));

    [Fact]
    public void What_does_not_shrink_is_kept_as_it_is_by_either_effort()
    {
        var noise = new byte[4096];
        new Random(7).NextBytes(noise);

        Assert.Equal(-1, ChunkCodec.TryCompress(noise, new byte[noise.Length], CompressionEffort.Swift));
        Assert.Equal(-1, ChunkCodec.TryCompress(noise, new byte[noise.Length], CompressionEffort.Thrifty));
    }

    static int Length(CompressionEffort effort)
    {
        var compressed = new byte[s_text.Length];
        var length = ChunkCodec.TryCompress(s_text, compressed, effort);
        var restored = new byte[s_text.Length];
        Assert.Equal(s_text.Length, ChunkCodec.Restore(Compression.Zstandard, compressed.AsSpan(0, length), restored));
        Assert.Equal(s_text, restored);
        return length;
    }

    static byte[] Text()
    {
        var source = new Random(5);
        return System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1500).Select(i =>
            $$"""{"sequence":{{i}},"sensor":"plant-{{source.Next(40)}}","value":{{source.NextDouble():F6}}}""" + "\n")));
    }
}

using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Cli.Top;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

public sealed class TopBoardSpec
{
    static readonly NodeView[] s_nodes =
    [
        new("node1", "gateway-0", "10.0.0.11:4053", ["gateway"], "up", true),
        new("node2", "gateway-1", "10.0.0.12:4053", ["gateway"], "leaving", false),
        new("", "lighthouse-0", "10.0.0.5:4053", ["lighthouse"], "up", true),
    ];

    [Fact]
    public void Sessions_are_ordered_by_what_passes_in_them_and_nodes_have_the_sum()
    {
        var before = At(1, Session("a", "node1", 100, 1000), Session("b", "node1", 500, 0), Session("gone", "node2", 7, 7));
        var now = At(3, Session("a", "node1", 100, 3000), Session("b", "node1", 600, 50), Session("c", "node2", 9_000, 0), Session("d", "node2", null, null));

        var board = TopBoard.Of(before, now);

        Assert.Equal([("a", 0.0, 1000.0), ("b", 50.0, 25.0), ("c", 0.0, 0.0), ("d", 0.0, 0.0)], board.Sessions.Select(s => (s.Id, s.ToUpstreamRate, s.ToClientRate)));
        Assert.Equal([("gateway-0", 2, 50.0, 1025.0), ("gateway-1", 2, 0.0, 0.0)], board.Nodes.Select(n => (n.Name, n.Sessions, n.ToUpstreamRate, n.ToClientRate)));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999.4, "999")]
    [InlineData(999.6, "1.0k")]
    [InlineData(9_940, "9.9k")]
    [InlineData(9_960, "10k")]
    [InlineData(123_456_789, "123M")]
    [InlineData(5e15, "5000T")]
    public void Bytes_are_told_with_few_digits(double bytes, string told) => Assert.Equal(told, TopBoard.Size(bytes));

    static TopSample At(int seconds, params SessionView[] sessions) => new(TimeSpan.FromSeconds(seconds), s_nodes, sessions);

    static SessionView Session(string id, string node, long? up, long? down) =>
        SessionView.Of(MemoryArchive.SampleRow(ended: false) with { SessionId = id, NodeKey = node }) with
        {
            Live = up is null ? null : new LiveView("streaming", up.Value, down!.Value, 1),
        };
}

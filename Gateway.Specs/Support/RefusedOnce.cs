using Gateway.Actors.Record;
using Gateway.Protocols;
using Xunit;

namespace Gateway.Specs.Support;

/// <summary>One refusal, by one name, in the audit, the metric and the log.</summary>
static class RefusedOnce
{
    public static Task AssertAsync(TestNode node, RefusalMeter metrics, string connection, Refusal refusal) => Eventually.AssertAsync(async () =>
    {
        var rows = await node.Archive.ListAsync(new SessionFilter { Open = false }, CancellationToken.None);
        Assert.Equal(refusal, Assert.Single(rows).Closing!.Refusal);
        Assert.Single(node.Log.Lines, line => line.Event == 102 && line.Text.Contains($"{refusal.Word()}:", StringComparison.Ordinal));
        Assert.Equal(1, metrics.Count(connection, refusal));
    });
}

using Gateway.Actors.Record;
using Gateway.Cli;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Cli;

public class SessionPagesSpec
{
    [Theory]
    [InlineData(2500, 1_000_000, 2500)]
    [InlineData(2500, 1500, 1500)]
    [InlineData(1000, 1000, 1000)]
    [InlineData(3, 2, 2)]
    public async Task Every_session_is_listed_once_however_many_answers_that_takes(int sessions, int most, int expected)
    {
        // Seven sessions start in each instant, so that pages meet inside of one.
        var cluster = Cluster(sessions, i => i / 7);

        var listed = await ListedAsync(cluster, most);

        Assert.Equal(expected, listed.Count);
        Assert.Equal(expected, listed.Distinct().Count());
    }

    [Fact]
    public async Task More_sessions_of_one_instant_than_an_answer_holds_are_not_passed_over()
    {
        var cluster = Cluster(1500, _ => 0);

        var list = () => ListedAsync(cluster, 1_000_000);

        await Assert.ThrowsAsync<InvalidDataException>(list);
    }

    static SampleCluster Cluster(int sessions, Func<int, long> startedAt) => new(
        [.. Enumerable.Range(0, sessions).Select(i => new SampleCluster.Recorded(Row($"session-{i}", startedAt(i)), []))]);

    static SessionRow Row(string id, long startedAt) => MemoryArchive.SampleRow(ended: true) with { SessionId = id, StartedAt = startedAt };

    static async Task<List<string>> ListedAsync(SampleCluster cluster, int most)
    {
        var output = new StringWriter { NewLine = "\n" };
        var queries = new SessionQueries(cluster, new CliOutput(output, TextWriter.Null));
        await queries.ListAsync(new SessionFilter { Most = most }, json: false, default);
        return [.. output.ToString().TrimEnd('\n').Split('\n').Skip(1).Select(line => line.Split(' ')[0])];
    }
}

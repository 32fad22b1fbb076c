using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Reading;
using Gateway.Specs.Support;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace Gateway.Specs.Replay;

public sealed class SessionSearchSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();

    [Theory]
    [InlineData("setpoint", new[] { "PUBLISH<-commands/sensor-42/setpoint", "PUBLISH->commands/sensor-42/setpoint", "bytes->" })]
    [InlineData("\"t\":95", new[] { "PUBLISH<-commands/sensor-42/setpoint", "PUBLISH->commands/sensor-42/setpoint" })]
    [InlineData("^SUBSCRIBE$", new[] { "SUBSCRIBE->commands/sensor-42/#" })]
    [InlineData("granted QoS 0", new[] { "SUBACK<-" })]
    [InlineData("nothing of the kind", new string[0])]
    public async Task What_was_said_is_found_by_name_resource_detail_and_payload(string pattern, string[] expected)
    {
        var hits = (await SearchAsync(pattern)).OfType<SearchHit>().SelectMany(hit => hit.Operations).Select(o => Shown(o.Operation));

        Assert.Equal(expected.Order(), hits.Order());
    }

    [Fact]
    public async Task A_match_across_two_pieces_of_a_stream_without_operations_is_found_once()
    {
        var found = await SearchAsync("setpoint in");

        Assert.Equal(1, Assert.Single(found.OfType<SessionSearched>(), done => done.Matches > 0).Matches);
    }

    [Fact]
    public async Task Operations_around_a_match_come_with_it_and_near_matches_in_one_group()
    {
        var hit = Assert.Single((await SearchAsync("plant/1/state", r => r with { Around = 3 })).OfType<SearchHit>());

        Assert.Equal(
            ["CONNACK<-", "SUBSCRIBE->commands/sensor-42/#", "SUBACK<-", ">PUBLISH->plant/1/state", "PUBACK<-", "PUBLISH<-commands/sensor-42/setpoint", ">PUBLISH->plant/1/state", "PUBACK<-", "DISCONNECT->"],
            hit.Operations.Select(o => (o.IsMatch ? ">" : "") + Shown(o.Operation)));
    }

    [Fact]
    public async Task The_search_stops_at_its_limit_and_only_looks_where_and_which_way_it_is_told()
    {
        var limited = await SearchAsync("PUBLISH", r => r with { Most = 2 });
        var upward = await SearchAsync("setpoint", r => r with { Direction = Direction.ToUpstream, Sessions = new SessionFilter { Protocol = "mqtt", Most = 100 } });

        Assert.Equal(2, limited.OfType<SearchHit>().Sum(hit => hit.Matches));
        Assert.Equal(SampleAudit.Person, Assert.Single(upward.OfType<SearchHit>()).Session.SessionId);
        Assert.Equal(2, upward.OfType<SessionSearched>().Count());
    }

    [Fact]
    public async Task A_recording_that_cannot_be_read_whole_is_named_and_does_not_end_the_search()
    {
        var whole = SampleSession.Recording(_key);
        whole.RemoveAt(2);
        var cluster = new SampleCluster(new SampleCluster.Recorded(MemoryArchive.SampleRow(ended: true), whole));

        var done = Assert.IsType<SessionSearched>(Assert.Single(await SearchAsync("x", cluster)));

        Assert.Equal("Chunk 0 is missing: chunk 1 follows.", done.Note);
    }

    [Theory]
    [InlineData("", "1 to 1024")]
    [InlineData("(", "no regular expression")]
    [InlineData("(a)\\1", "linear time")]
    [InlineData("(?=a)", "linear time")]
    [InlineData("(a{1,999}){999}", "linear time")]
    public void A_pattern_that_could_take_for_ever_is_refused(string pattern, string why) =>
        Assert.Contains(why, SearchPattern.Parse(pattern, ignoreCase: false).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_search_is_the_same_after_its_way_through_a_query()
    {
        var request = new SearchRequest(new SessionFilter { Connection = "a&b", Client = ClientNetwork.Parse("192.0.2.0/24"), Most = 7 }, SearchPattern.Parse("x|y", true).Pattern!)
        {
            Direction = Direction.ToClient,
            Around = 3,
            Most = 9,
        };
        var written = new SearchQuery("x|y", true, request).Write();

        var pairs = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(written).Select(p => KeyValuePair.Create(p.Key, new StringValues(p.Value.ToString())));
        var (read, fault) = SearchQuery.Read(pairs);

        Assert.Equal("", fault);
        Assert.Equal(request with { Pattern = read!.Request.Pattern }, read.Request);
        Assert.Equal(("x|y", true), (read.Text, read.IgnoreCase));
    }

    public void Dispose() => _key.Dispose();

    static string Shown(DecodedOperation o) => $"{o.Name}{(o.Direction == Direction.ToUpstream ? "->" : "<-")}{string.Join(' ', o.Resources)}";

    Task<List<SearchEvent>> SearchAsync(string pattern, Func<SearchRequest, SearchRequest>? with = null) =>
        SearchAsync(pattern, SampleAudit.Cluster(_key), with);

    static async Task<List<SearchEvent>> SearchAsync(string pattern, SampleCluster cluster, Func<SearchRequest, SearchRequest>? with = null)
    {
        var request = new SearchRequest(new SessionFilter { Most = int.MaxValue }, SearchPattern.Parse(pattern, ignoreCase: false).Pattern!);
        var found = new List<SearchEvent>();
        await foreach (var e in SessionSearch.SearchAsync(cluster, with?.Invoke(request) ?? request, 2, default)) found.Add(e);
        return found;
    }
}

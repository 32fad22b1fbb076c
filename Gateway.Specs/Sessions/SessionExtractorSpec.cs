using Gateway.Actors.Sessions;
using Xunit;

namespace Gateway.Specs.Sessions;

public sealed class SessionExtractorSpec
{
    const string Id = "node1-01ARZ3NDEKTSV4RRFFQ69G5FAV";

    readonly SessionExtractor _extractor = new();

    [Fact]
    public void A_message_for_a_session_goes_to_the_entity_of_its_id_as_it_is()
    {
        var message = new ShowSession(Id);

        Assert.Equal(Id, _extractor.EntityId(message));
        Assert.Same(message, _extractor.EntityMessage(message));
    }

    [Fact]
    public void The_shard_follows_from_the_id_alone_so_that_every_node_finds_it()
    {
        Assert.Equal("node1/3", _extractor.ShardId(Id));
        Assert.Equal("node1/3", _extractor.ShardId(Id, new OpenSession(Id)));
    }

    [Theory]
    [InlineData("node1-xyz")]
    [InlineData("")]
    public void A_message_with_a_malformed_id_is_for_nobody(string id)
    {
        Assert.Null(_extractor.EntityId(new ShowSession(id)));
        Assert.Null(_extractor.ShardId(id));
    }

    [Fact]
    public void What_is_not_for_a_session_is_for_nobody()
    {
        Assert.Null(_extractor.EntityId("hello"));
    }
}

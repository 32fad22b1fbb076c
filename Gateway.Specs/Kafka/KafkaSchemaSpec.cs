using Gateway.Protocols.Kafka.Schema;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaSchemaSpec
{
    [Fact]
    public void Every_schema_can_be_read_and_laid_out_in_every_version()
    {
        Assert.Equal(65, KafkaApi.All.Count);
        Assert.All(RandomMessages.Layouts, layout => Assert.True(layout.Body.LeastSize > 0));
    }

    [Fact]
    public void No_message_nests_deeper_than_a_walker_reaches() => Assert.InRange(RandomMessages.Layouts.Max(l => Depth(l.Body)), 1, 12);

    [Fact]
    public void Names_of_topics_and_groups_and_addresses_of_brokers_are_marked_wherever_they_are()
    {
        var unmarked =
            from layout in RandomMessages.Layouts
            from field in Fields(layout.Body)
            where field.Entity == EntityKind.None && field.Type == FieldType.Text && field.Name is "TopicName" or "Topic" or "GroupId" or "TransactionalId"
            select $"{layout}: {field.Path}";

        Assert.Empty(unmarked.Distinct());
    }

    [Theory]
    [InlineData("api 1 A versions 0 flexible never\nrequest\n  X int32", "line 3")]
    [InlineData("api 1 A versions 0 flexible never\nrequest\n    X: int32", "too far in")]
    [InlineData("api 1 A versions 0 flexible never\nrequest\n  X: int33", "'int33' is unknown")]
    [InlineData("api 1 A versions 0 flexible never\nrequest\n  X: int32 as what", "'what' is unknown")]
    [InlineData("api 1 A versions 0 flexible never\nrequest\n  X: int32 tag", "nothing follows 'tag'")]
    [InlineData("api 1 A versions x flexible never", "'x' is no range of versions")]
    [InlineData("request", "no line that begins with 'api'")]
    public void A_schema_that_is_none_is_refused_with_its_line(string text, string fault) =>
        Assert.Contains(fault, Assert.Throws<FormatException>(() => SchemaReader.Read(text)).Message, StringComparison.Ordinal);

    static int Depth(StructLayout layout) => 1 + layout.Fields.Select(f => f.Struct is { } s ? Depth(s) : 0)
        .Concat(layout.Tags.Select(t => 1 + (t.Struct is { } s ? Depth(s) : 0))).DefaultIfEmpty(0).Max();

    static IEnumerable<FieldLayout> Fields(StructLayout layout) =>
        layout.Fields.Concat(layout.Tags).SelectMany(f => f.Struct is { } s ? Fields(s).Prepend(f) : [f]);
}

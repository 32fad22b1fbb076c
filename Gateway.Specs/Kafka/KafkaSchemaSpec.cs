using Gateway.Protocols.Kafka.Schema;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaSchemaSpec
{
    /// <summary>Fields of responses that are called hosts, and are no addresses of brokers that a client could dial.</summary>
    static readonly HashSet<string> s_otherHosts =
    [
        // Whom an access control entry is about.
        "DescribeAcls: Resources.Acls.Host",
        "DeleteAcls: FilterResults.MatchingAcls.Host",
        // Where clients of a streams group reach each other.
        "StreamsGroupDescribe: Groups.Members.UserEndpoint.Host",
        "StreamsGroupHeartbeat: PartitionsByUserEndpoint.UserEndpoint.Host",
        // Of controllers, in the one version that ApiRanges does not offer.
        "DescribeQuorum: Nodes.Listeners.Host",
    ];

    [Fact]
    public void Every_schema_can_be_read_and_laid_out_in_every_version()
    {
        Assert.Equal(65, KafkaApi.All.Count);
        Assert.All(RandomMessages.Layouts, layout => Assert.True(layout.Body.LeastSize > 0));
    }

    [Fact]
    public void Clients_may_use_63_of_the_65_apis_that_are_known() =>
        Assert.Equal(63, KafkaApi.All.Keys.Count(key => KafkaRanges.Everything.Last(key) is not null));

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

    [Fact]
    public void Every_host_in_a_response_is_marked_and_stands_between_its_node_and_its_port()
    {
        var hosts = (
            from layout in RandomMessages.Layouts
            where !layout.IsRequest
            from holder in Structs(layout.Body)
            from field in holder.Fields.Concat(holder.Tags)
            where field.Name == "Host" || field.Entity == EntityKind.Host
            select (Name: $"{layout.Api}: {field.Path}", Layout: layout, Marks: Marks(holder, field))).ToArray();

        Assert.Equal(s_otherHosts.Order(StringComparer.Ordinal), hosts.Select(h => h.Name).Where(s_otherHosts.Contains).Distinct().Order(StringComparer.Ordinal));
        Assert.All(hosts.Where(h => !s_otherHosts.Contains(h.Name)), host => Assert.Equal((host.Name, "Node Host Port"), (host.Name, host.Marks)));
        Assert.All(hosts.Where(h => h.Name.StartsWith("DescribeQuorum", StringComparison.Ordinal)), host => Assert.False(
            KafkaRanges.Everything.Allow(host.Layout.Key, host.Layout.Version), $"{host.Layout} may be used"));
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

    static IEnumerable<StructLayout> Structs(StructLayout layout) =>
        layout.Fields.Concat(layout.Tags).Where(f => f.Struct is not null).SelectMany(f => Structs(f.Struct!)).Prepend(layout);

    /// <summary>What a host and the fields right before and after it stand for.</summary>
    static string Marks(StructLayout holder, FieldLayout host)
    {
        var at = Array.IndexOf(holder.Fields, host);
        return at < 1 || at == holder.Fields.Length - 1 ? "at the edge of its struct" : string.Join(' ', holder.Fields[(at - 1)..(at + 2)].Select(f => f.Entity));
    }

    static IEnumerable<FieldLayout> Fields(StructLayout layout) =>
        layout.Fields.Concat(layout.Tags).SelectMany(f => f.Struct is { } s ? Fields(s).Prepend(f) : [f]);
}

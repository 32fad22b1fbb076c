using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Xunit;

namespace Gateway.Specs.Kafka;

/// <summary>What is noted of a client's requests for the index that sessions are found by.</summary>
public sealed class KafkaSeenSpec
{
    const short Produce = 0;
    const short Fetch = 1;
    const short Metadata = 3;
    const short JoinGroup = 11;
    const short DeleteTopics = 20;
    const short AlterConfigs = 33;
    const short DescribeAcls = 29;
    const long OfTopic = 2;
    const long OfBroker = 4;

    [Fact]
    public void What_is_asked_for_is_noted_by_operation_and_name_and_what_is_only_looked_at_is_not()
    {
        var session = new JudgedSession(OperationRules.Everything);

        Ask(session, Metadata, 9, request => request.Add("Topics").With("Name", "looked-at"));
        foreach (var _ in new int[2]) Ask(session, Produce, 9, request => Produced(request, "orders"));
        Ask(session, Fetch, 12, request =>
        {
            foreach (var topic in new[] { "orders", "stock" }) request.Add("Topics").With("Topic", topic).Add("Partitions").With("Partition", 3);
        });
        Ask(session, JoinGroup, 5, request => request.With("GroupId", "readers").With("ProtocolType", "consumer").With("MemberId", ""));
        Ask(session, DeleteTopics, 5, request => request["TopicNames"] = new List<object?> { "old"u8.ToArray(), "older"u8.ToArray() });
        Ask(session, AlterConfigs, 1, request =>
        {
            request.Add("Resources").With("ResourceType", OfTopic).With("ResourceName", "orders");
            request.Add("Resources").With("ResourceType", OfBroker).With("ResourceName", "1");
        });
        Ask(session, DescribeAcls, 1, request => { });

        Assert.Equal(
            ["produce orders", "consume orders", "consume stock", "group readers", "delete old", "delete older", "alter orders", "cluster DescribeAcls"],
            session.Seen.Take().Select(one => $"{one.Operation} {one.Resource}"));
        Assert.True(session.Seen.IsWhole);
    }

    [Fact]
    public void What_is_asked_for_by_an_id_is_noted_by_the_name()
    {
        var session = new JudgedSession(OperationRules.Everything, topics: NamedMessages.Topics());

        Ask(session, Fetch, 13, request => request.Add("Topics").With("TopicId", (object)NamedMessages.IdOf("open").ToByteArray(bigEndian: true)).Add("Partitions"));

        Assert.Equal(["consume open"], session.Seen.Take().Select(one => $"{one.Operation} {one.Resource}"));
    }

    [Fact]
    public void What_the_rules_deny_is_not_noted_as_done()
    {
        var session = new JudgedSession(new OperationRules([], [new("produce", "secret*"), new("consume", "secret*")]));

        Ask(session, Produce, 9, request => Produced(request, "secret"));
        Ask(session, Produce, 9, request => Produced(request, "open"));
        Ask(session, Fetch, 12, request =>
        {
            foreach (var topic in new[] { "secret", "open" }) request.Add("Topics").With("Topic", topic).Add("Partitions").With("Partition", 3);
        });

        Assert.Equal(["produce open", "consume open"], session.Seen.Take().Select(one => $"{one.Operation} {one.Resource}"));
    }

    [Fact]
    public void A_name_is_noted_whole_wherever_a_request_that_streams_is_cut()
    {
        var layout = KafkaApi.All[Produce].Request(9);
        var request = new StructValue(layout.Body).With("Acks", 1);
        Produced(request, "orders.of.the.north");
        var frame = KafkaFrame.Request(layout, 1, "client"u8, request);
        for (var cut = 1; cut < frame.Length; cut++)
        {
            var conversation = OpenedKafka.Of(OperationRules.Everything);
            var output = new RelayOutput(new System.Buffers.ArrayBufferWriter<byte>(), new System.Buffers.ArrayBufferWriter<byte>());

            conversation.Relay(Direction.ToUpstream, frame.AsSpan(0, cut), output);
            conversation.Relay(Direction.ToUpstream, frame.AsSpan(cut), output);

            Assert.Equal([new SeenOperation("produce", "orders.of.the.north", false)], conversation.Seen.Take());
        }
    }

    static void Produced(StructValue request, string topic) =>
        request.With("Acks", 1).Add("TopicData").With("Name", topic).Add("PartitionData").With("Records", Encoding.UTF8.GetBytes("records"));

    static void Ask(JudgedSession session, short api, short version, Action<StructValue> fill)
    {
        var layout = KafkaApi.All[api].Request(version);
        var request = new StructValue(layout.Body);
        fill(request);
        session.Ask(layout, request);
        Assert.Equal(Refusal.None, session.Refusal);
    }
}

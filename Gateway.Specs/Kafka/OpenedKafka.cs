using System.Buffers;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;
using Gateway.Protocols.Kafka.Topics;
using Gateway.Protocols.Masking;

namespace Gateway.Specs.Kafka;

/// <summary>A conversation whose client is let in, at a broker that speaks everything and wants no login.</summary>
static class OpenedKafka
{
    const short Metadata = 3;

    public static KafkaConversation Of(OperationRules rules, Masker? masker = null, TrafficLimits? traffic = null, TopicIds? topics = null)
    {
        var (conversation, nobody) = (new KafkaConversation(Limits.Default), new ArrayBufferWriter<byte>());
        conversation.Begin(new Circumstances("localhost", 9092)
        {
            Upstream = new KafkaFacts(KafkaRanges.Everything, new Dictionary<int, BrokerAddress> { [1] = new("broker", 9092) }) { Topics = topics ?? new() },
            PlaceOf = _ => ("localhost", 9092),
        });
        var asked = KafkaApi.All[Metadata].Request(1);
        conversation.ReadLogin(KafkaFrame.Request(asked, 0, new StructValue(asked.Body)), nobody);
        if (masker is not null) conversation.Mask(masker);
        if (traffic is not null) conversation.Limit(traffic);
        conversation.Admit(rules, nobody, nobody);
        conversation.StartUpstreamLogin(UpstreamCredentials.None, nobody);
        conversation.ReadUpstreamLogin([], nobody);
        return conversation;
    }
}

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>What has a configuration, by its type: Kafka's ConfigResource.Type. What is neither a topic nor a group is the cluster's.</summary>
static class Resources
{
    public const string TypeField = "ResourceType";

    const long Topic = 2;
    const long Group = 32;

    /// <summary>What a resource of that type needs where a topic needs <paramref name="ofTopic"/>.</summary>
    public static KafkaOperation Needs(KafkaOperation ofTopic, long type) => type switch
    {
        Topic => ofTopic,
        Group => ofTopic == KafkaOperation.Alter ? KafkaOperation.AlterGroup : KafkaOperation.DescribeGroup,
        _ => KafkaOperation.Cluster,
    };
}

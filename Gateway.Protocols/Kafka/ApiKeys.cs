namespace Gateway.Protocols.Kafka;

/// <summary>The keys of the APIs that the gateway treats in a way of their own. The schemas know all.</summary>
static class ApiKeys
{
    public const short Produce = 0;
    public const short Fetch = 1;
    public const short Metadata = 3;
    public const short OffsetCommit = 8;
    public const short OffsetFetch = 9;
    public const short SaslHandshake = 17;
    public const short ApiVersions = 18;
    public const short AddPartitionsToTxn = 24;
    public const short SaslAuthenticate = 36;
    public const short DescribeUserScramCredentials = 50;
    public const short AlterUserScramCredentials = 51;
    public const short DescribeQuorum = 55;
    public const short DescribeCluster = 60;
    public const short DescribeTopicPartitions = 75;
    public const short ShareFetch = 78;
    public const short ShareAcknowledge = 79;
}

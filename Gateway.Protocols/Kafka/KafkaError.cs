namespace Gateway.Protocols.Kafka;

/// <summary>The error codes of Kafka that the gateway answers with or has to understand, and those that recordings are full of.</summary>
public enum KafkaError : short
{
    None = 0,
    OffsetOutOfRange = 1,
    CorruptMessage = 2,
    UnknownTopicOrPartition = 3,
    LeaderNotAvailable = 5,
    NotLeaderOrFollower = 6,
    RequestTimedOut = 7,
    MessageTooLarge = 10,
    CoordinatorLoadInProgress = 14,
    CoordinatorNotAvailable = 15,
    NotCoordinator = 16,
    IllegalGeneration = 22,
    UnknownMemberId = 25,
    RebalanceInProgress = 27,
    TopicAuthorizationFailed = 29,
    GroupAuthorizationFailed = 30,
    ClusterAuthorizationFailed = 31,
    UnsupportedSaslMechanism = 33,
    IllegalSaslState = 34,
    UnsupportedVersion = 35,
    InvalidRequest = 42,
    PolicyViolation = 44,
    TransactionalIdAuthorizationFailed = 53,
    SaslAuthenticationFailed = 58,
    FetchSessionIdNotFound = 70,
    MemberIdRequired = 79,
    InvalidRecord = 87,
    UnknownTopicId = 100,
}

static class KafkaErrors
{
    /// <summary>As Kafka's protocol guide writes it: <c>TOPIC_AUTHORIZATION_FAILED</c>.</summary>
    public static string Word(this KafkaError error) =>
        string.Concat(error.ToString().Select((letter, at) => at > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
}

using System.Buffers;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Relay;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Topics;

/// <summary>
/// Asks the broker which topics ids stand for, on the connection that the client uses, with the gateway's own login there: once for a request that names
/// some that nobody has told yet. The request waits until the broker has answered, and so does what comes behind it. Of all this the client hears nothing.
/// </summary>
/// <param name="topics">Learns what is told.</param>
/// <param name="inFlight">Where the broker's answer takes its turn.</param>
/// <param name="version">Of Metadata: the last that may be used; null where ids cannot be asked for.</param>
sealed class TopicLookup(TopicIds topics, InFlight inFlight, short? version)
{
    /// <summary>The first Metadata that may ask by id. KIP-516: brokers refuse it in 10 and 11, which have the field already.</summary>
    public const short FirstVersion = 12;

    /// <summary>How the gateway knows the answer: a client has no way to bring that id into the order of answers.</summary>
    const int CorrelationId = 200;

    /// <summary>Whether the broker was asked and has not answered.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Whether it can be asked.</summary>
    public bool IsPossible => version >= FirstVersion;

    /// <summary>Asks what those ids are, or of every topic where there are none.</summary>
    public void Ask(IReadOnlyCollection<Guid> ids, IBufferWriter<byte> own)
    {
        var layout = KafkaApi.All[ApiKeys.Metadata].Request(version!.Value);
        var body = new StructValue(layout.Body).With("AllowAutoTopicCreation", 0L).With("Topics", (object?)null);
        foreach (var id in ids) body.Add("Topics").With("TopicId", (object)id.ToByteArray(bigEndian: true)).With("Name", (string?)null);
        own.Write(KafkaFrame.Request(layout, CorrelationId, body));
        inFlight.AwaitOwn(KafkaApi.All[ApiKeys.Metadata].Response(layout.Version), CorrelationId);
        IsRunning = true;
    }

    /// <summary>The broker has answered, in a frame that was walked.</summary>
    public void Answered(MessageLayout layout, ReadOnlySpan<byte> frame, int headLength)
    {
        IsRunning = false;
        topics.LearnFrom(layout, frame, headLength);
    }
}

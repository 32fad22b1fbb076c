using System.Buffers;
using System.Buffers.Binary;
using Gateway.Protocols.Kafka.Messages;
using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Login;

/// <summary>What a client is told in answer to a SASL token, as it goes out.</summary>
/// <param name="Frame">With its length.</param>
/// <param name="IsSecret">Whether it has a part of SCRAM in it, by which passwords could be guessed at.</param>
readonly record struct SaslAnswer(byte[] Frame, bool IsSecret)
{
    public void Write(IBufferWriter<byte> toClient) => toClient.Write(Frame);
}

/// <summary>A token whose answer the client waits for; without a version it is one without a header, and so is its answer.</summary>
sealed record PendingToken(short? Version, int CorrelationId)
{
    public SaslAnswer Answer(byte[] token, long lifetime = 0) => new(Frame(token, lifetime), token.Length > 0);

    public byte[] Frame(byte[] token, long lifetime = 0)
    {
        if (Version is not { } version)
        {
            var raw = new byte[sizeof(int) + token.Length];
            BinaryPrimitives.WriteInt32BigEndian(raw, token.Length);
            token.CopyTo(raw, sizeof(int));
            return raw;
        }

        var layout = KafkaApi.All[ApiKeys.SaslAuthenticate].Response(version);
        return KafkaFrame.Response(layout, CorrelationId, new StructValue(layout.Body).With("AuthBytes", token).WithAny("SessionLifetimeMs", lifetime));
    }

    /// <summary>The client is not let in; null where it does not wait for such an answer.</summary>
    public byte[]? Refusal(string word)
    {
        if (Version is not { } version) return null;
        var layout = KafkaApi.All[ApiKeys.SaslAuthenticate].Response(version);
        var body = new StructValue(layout.Body).With("ErrorCode", (long)KafkaError.SaslAuthenticationFailed).With("ErrorMessage", $"refused by the gateway: {word}");
        return KafkaFrame.Response(layout, CorrelationId, body);
    }
}

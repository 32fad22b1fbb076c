using System.Buffers;
using System.Threading.Channels;
using MQTTnet;

namespace Gateway.Specs.Support;

/// <summary>What an MQTT client receives, in order.</summary>
sealed class ReceivedMessages
{
    readonly Channel<ReceivedMessage> _messages = Channel.CreateUnbounded<ReceivedMessage>();

    public ReceivedMessages(IMqttClient client) => client.ApplicationMessageReceivedAsync += received =>
    {
        var message = received.ApplicationMessage;
        return _messages.Writer.WriteAsync(new ReceivedMessage(message.Topic, message.Payload.ToArray(), message.Retain)).AsTask();
    };

    /// <summary>The next message, or a failure when none comes.</summary>
    public Task<ReceivedMessage> NextAsync() => _messages.Reader.ReadAsync().AsTask().WaitAsync(MqttClients.Patience);
}

sealed record ReceivedMessage(string Topic, byte[] Payload, bool Retain);

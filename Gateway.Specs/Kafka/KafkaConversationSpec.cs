using System.Buffers;
using System.Runtime.CompilerServices;
using Gateway.Protocols;
using Gateway.Protocols.Kafka;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Kafka;

public sealed class KafkaConversationSpec
{
    [Fact]
    public void Once_it_is_logged_in_a_session_holds_the_gateways_password_no_more()
    {
        var conversation = new KafkaConversation(Limits.Default);
        var credentials = LoggedIn(conversation);

        GC.Collect();

        Assert.False(credentials.IsAlive);
        GC.KeepAlive(conversation);
    }

    // In a frame of its own, so that nothing but the conversation may hold on to the credentials.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference LoggedIn(KafkaConversation conversation)
    {
        var capture = Capture.Load("kafka/addresses.hex");
        var (fromClient, fromUpstream) = (Sent(capture, Direction.ToUpstream, 3), Sent(capture, Direction.ToClient, 2));
        var output = new ArrayBufferWriter<byte>();
        conversation.Begin(capture.Circumstances);
        Assert.NotNull(conversation.ReadLogin(fromClient, output).Proof);
        conversation.Admit(capture.Rules, output, output);
        var credentials = new UpstreamCredentials("gateway", new string('x', 20));
        conversation.StartUpstreamLogin(credentials, output);
        var consumed = conversation.ReadUpstreamLogin(fromUpstream, output).Consumed;
        Assert.True(conversation.ReadUpstreamLogin(fromUpstream.AsSpan(consumed), output).IsDone);
        return new WeakReference(credentials);
    }

    static byte[] Sent(Capture capture, Direction direction, int steps) =>
        [.. capture.Steps.Where(s => s.Direction == direction).Take(steps).SelectMany(s => s.Sent)];
}

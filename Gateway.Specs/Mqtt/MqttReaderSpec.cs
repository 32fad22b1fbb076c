using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Gateway.Protocols.Reading;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class MqttReaderSpec
{
    [Fact]
    public void Packets_are_told_in_the_words_of_the_standard()
    {
        var read = ReadCapture.Read("mqtt", ReadCapture.Relayed("mqtt/v5-every-packet.hex")).Select(Shown).ToArray();

        Assert.Equal("CONNECT [c1] MQTT 5, clean start, keep alive 60 s, will QoS 1 'gone'", read[0][..read[0].IndexOf(" {", StringComparison.Ordinal)]);
        Assert.Contains("will-topic=w/t, will-delay-interval=5, will-payload-format-indicator=1", read[0], StringComparison.Ordinal);
        Assert.StartsWith("CONNACK [] success '' {session-expiry-interval=60, receive-maximum=20, maximum-qos=1", read[1], StringComparison.Ordinal);
        Assert.Equal("SUBSCRIBE [a/+ $share/g/b] id 1, QoS 1, QoS 2 '' {subscription-identifier=5, user-property=s=1}", read[2]);
        Assert.Equal("SUBACK [] id 1, granted QoS 1, shared subscriptions not supported '' {reason-string=no shares}", read[3]);
        Assert.Equal("PUBLISH [a/b] QoS 1, id 2 'q1' {}", read[5]);
        Assert.Equal("PUBACK [] id 2, no matching subscribers '' {}", read[6]);
        Assert.Equal("PUBLISH [a/z] QoS 0 '1' {topic-alias=10}", read[11]);
        Assert.Equal("PUBLISH [a/z] QoS 0 '2' {topic-alias=10}", read[12]);
        Assert.Equal("UNSUBSCRIBE [a/+ $share/g/b] id 9 '' {user-property=u=1}", read[^3]);
        Assert.Equal("UNSUBACK [] id 9, success, no subscription existed '' {reason-string=bye}", read[^2]);
        Assert.Equal("DISCONNECT [] disconnect with will message '' {session-expiry-interval=0, user-property=d=1}", read[^1]);
    }

    [Fact]
    public void What_is_no_packet_is_handed_out_unread_from_there_on_and_the_other_direction_goes_on()
    {
        var connect = Frames.Connect(ProtocolLevel.V311, null, null);
        var read = ReadCapture.Read("mqtt", [(Direction.ToUpstream, [.. connect, .. "garbage"u8]), (Direction.ToUpstream, [1, 2]), (Direction.ToClient, Frames.ConnAck(ProtocolLevel.V311))]);

        Assert.Equal(["CONNECT", "bytes", "bytes", "CONNACK"], read.Select(o => o.Name));
        Assert.Equal((connect.Length, 7, true), ((int)read[1].Offset, (int)read[1].Length, read[1].IsUnread));
        Assert.Equal("no MQTT packet begins here", read[1].Detail);
        Assert.Equal((connect.Length + 7, ""), ((int)read[2].Offset, read[2].Detail));
    }

    [Fact]
    public void A_packet_that_was_cut_short_is_told_at_the_end()
    {
        var head = Frames.PublishHead(ProtocolLevel.V311, "a/b", 1000);
        var read = ReadCapture.Read("mqtt", [(Direction.ToUpstream, [.. Frames.Connect(ProtocolLevel.V311, null, null), .. head, .. "some"u8])]);

        Assert.Equal(("PUBLISH", true, head.Length + 4L), (read[^1].Name, read[^1].IsUnread, read[^1].Length));
        Assert.EndsWith("cut short, 991 bytes are missing", read[^1].Detail, StringComparison.Ordinal);
        Assert.Equal("some", Encoding.UTF8.GetString(read[^1].Payload.Span));
    }

    [Fact]
    public void Of_a_large_payload_no_more_is_held_than_the_limit_and_the_rest_is_counted()
    {
        var reader = new MqttReader(new ReaderLimits { Payload = 100 });
        var read = new List<DecodedOperation>();
        reader.Read(1, Direction.ToUpstream, Frames.Connect(ProtocolLevel.V311, null, null), read);
        reader.Read(2, Direction.ToUpstream, Frames.PublishHead(ProtocolLevel.V311, "video", 7 + 5_000_000), read);
        for (var i = 0; i < 50; i++) reader.Read(3 + i, Direction.ToUpstream, new byte[100_000], read);

        Assert.Equal((5_000_000L, 100, 52L), (read[1].PayloadLength, read[1].Payload.Length, read[1].At));
    }

    static string Shown(DecodedOperation o) =>
        $"{o.Name} [{string.Join(' ', o.Resources)}] {o.Detail} '{Encoding.UTF8.GetString(o.Payload.Span)}' " +
        $"{{{string.Join(", ", o.Fields.Select(f => $"{f.Key}={f.Value}"))}}}";
}

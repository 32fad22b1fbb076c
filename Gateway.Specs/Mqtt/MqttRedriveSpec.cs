using System.Buffers;
using System.Text;
using Gateway.Protocols;
using Gateway.Protocols.Mqtt;
using Gateway.Protocols.Reading;
using Gateway.Protocols.Redriving;
using Xunit;

namespace Gateway.Specs.Mqtt;

public sealed class MqttRedriveSpec
{
    readonly MqttRedrive _redrive = new();
    readonly List<RedrivenPart> _parts = [];

    [Theory]
    [InlineData(ProtocolLevel.V311)]
    [InlineData(ProtocolLevel.V5)]
    public void Only_publications_are_said_again_at_whatever_byte_the_recording_is_cut(ProtocolLevel level)
    {
        byte[] recorded =
        [
            .. Frames.Connect(level, "", ""), .. Frames.Subscribe(level, 1, "a/#"), .. Frames.Publish(level, "a/b", "one", qos: 1), 0xC0, 0,
            .. Frames.Publish(level, "a/c", "two"), 0xE0, 0,
        ];
        foreach (var cut in recorded.Chunk(3)) _redrive.Read(7, cut, _parts);

        var said = Said(level, Frames.ConnAck(level));

        Assert.Equal(["PUBLISH a/b QoS 1, id 1 one", "PUBLISH a/c QoS 0 two"], said);
    }

    [Fact]
    public void Aliases_become_topics_and_what_the_server_does_not_offer_is_left_out()
    {
        byte[] recorded = [.. Frames.Connect(ProtocolLevel.V5, null, ""), .. Frames.PublishByAlias("a/b", 5), .. Frames.PublishByAlias("", 5), .. Retained("a/r")];
        _redrive.Read(7, recorded, _parts);

        // CONNACK with maximum QoS 0 and retain available 0.
        var said = Said(ProtocolLevel.V5, [0x20, 7, 0, 0, 4, 0x24, 0, 0x25, 0]);

        Assert.Equal(["PUBLISH a/b QoS 0", "PUBLISH a/b QoS 0", "PUBLISH a/r QoS 0"], said);
    }

    [Fact]
    public void Every_publication_awaits_its_answer_and_a_release_is_said_in_between()
    {
        _redrive.Read(7, [.. Frames.Connect(ProtocolLevel.V5, null, ""), .. Frames.Publish(ProtocolLevel.V5, "a", "", qos: 2), .. Frames.Publish(ProtocolLevel.V5, "b", "", qos: 1)], _parts);
        Said(ProtocolLevel.V5, Frames.ConnAck(ProtocolLevel.V5));
        Assert.Equal(2, _redrive.Awaited);

        Assert.Equal([0x62, 2, 0, 1], Heard([0x50, 2, 0, 1]));
        Assert.Empty(Heard([0x40, 3, 0, 2, 0x87]));
        Assert.Empty(Heard([0x70, 2, 0, 1]));

        Assert.Equal((0, 1), (_redrive.Awaited, _redrive.Refused));
    }

    [Fact]
    public void A_refused_login_and_words_that_are_no_MQTT_end_it()
    {
        _redrive.Read(7, Frames.Connect(ProtocolLevel.V5, null, ""), _parts);
        Said(ProtocolLevel.V5, [0x20, 3, 0, 0x87, 0]);

        Assert.Equal((false, "the login was refused: not authorized"), (_redrive.IsReady, _redrive.Ended));
    }

    [Fact]
    public void A_recording_that_begins_with_no_login_cannot_be_said_again()
    {
        _redrive.Read(7, "GET / HTTP/1.1"u8, _parts);

        Assert.Equal((false, 1, 0), (_redrive.CanLogIn, _redrive.Skipped, _parts.Count));
    }

    static byte[] Retained(string topic) => [0x31, (byte)(3 + topic.Length), 0, (byte)topic.Length, .. Encoding.UTF8.GetBytes(topic), 0];

    byte[] Heard(byte[] bytes)
    {
        var target = new ArrayBufferWriter<byte>();
        _redrive.Receive(bytes, target);
        return target.WrittenSpan.ToArray();
    }

    // Logs in, hears the answer, and says all parts; the same is read by whoever gets it.
    string[] Said(ProtocolLevel level, byte[] connAck)
    {
        var target = new ArrayBufferWriter<byte>();
        _redrive.LogIn("token", "redrive-1", target);
        Heard(connAck);
        foreach (var part in _parts) _redrive.Write(part, target);
        var (reader, read) = (OperationReader.Of("mqtt", new ReaderLimits()), new List<DecodedOperation>());
        reader.Read(0, Direction.ToUpstream, target.WrittenSpan, read);
        Assert.Equal($"redrive-1 {(level == ProtocolLevel.V5 ? "MQTT 5" : "MQTT 3.1.1")}", $"{read[0].Resources[0]} {read[0].Detail.Split(',')[0]}");
        return [.. read.Skip(1).Select(o => $"{o.Name} {o.Resources[0]} {o.Detail} {Encoding.UTF8.GetString(o.Payload.Span)}".TrimEnd())];
    }
}

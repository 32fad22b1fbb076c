using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Protocols.Mqtt;
using Gateway.Specs.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Specs.Support;

/// <summary>Sessions worth an auditor's while, at fixed times: a sensor that reports, a person who sets a point too high, a camera.</summary>
static class SampleAudit
{
    public const string Sensor = "node1-01JABCDEFGHJKMNPQRSTVWXYZ4";

    public const string Person = "node2-01JABCDEFGHJKMNPQRSTVWXYZ5";

    public const string Camera = "node1-01JABCDEFGHJKMNPQRSTVWXYZ6";

    static readonly DateTimeOffset s_start = new(2025, 11, 24, 16, 0, 0, TimeSpan.Zero);

    public static SampleCluster Cluster(SealKey key) => new(OfSensor(key), OfPerson(key), OfCamera(key))
    {
        Done = new()
        {
            [Sensor] = Did("subscribe commands/sensor-42/#", "publish plant/1/state", "subscribe commands/sensor-42/setpoint"),
            [Person] = Did("publish commands/sensor-42/setpoint"),
        },
    };

    static SessionOperations Did(params string[] done) => new(
        [.. done.Select(one => one.Split(' ')).Select((one, i) => new IndexedOperation(one[0], one[1], false, UnixMicros.Of(s_start.AddSeconds(i + 1))))],
        IsWhole: true);

    static SampleCluster.Recorded OfSensor(SealKey key) => Recorded(
        key, Sensor, "telemetry", "mqtt", "sensor-42", "192.0.2.7:40112", s_start, Ending.ClosedByClient,
        Up(Frames.Connect(ProtocolLevel.V5, null, "")), Down(Frames.ConnAck(ProtocolLevel.V5)),
        Up(Frames.Subscribe(ProtocolLevel.V5, 1, "commands/sensor-42/#")), Down([0x90, 4, 0, 1, 0, 0]),
        Up(Frames.Publish(ProtocolLevel.V5, "plant/1/state", "{\"t\":21.5}", qos: 1)), Down([0x40, 2, 0, 1]),
        Down(Frames.Publish(ProtocolLevel.V5, "commands/sensor-42/setpoint", "{\"t\":95}")),
        Up(Frames.Publish(ProtocolLevel.V5, "plant/1/state", "{\"t\":94.9}", qos: 1)), Down([0x40, 2, 0, 1]), Up([0xE0, 0]));

    static SampleCluster.Recorded OfPerson(SealKey key) => Recorded(
        key, Person, "maintenance", "mqtt", "m.keller", "198.51.100.20:51000", s_start.AddSeconds(1.5), Ending.ClosedByUpstream,
        Up(Frames.Connect(ProtocolLevel.V311, "", "")), Down(Frames.ConnAck(ProtocolLevel.V311)),
        Up(Frames.Publish(ProtocolLevel.V311, "commands/sensor-42/setpoint", "{\"t\":95}")));

    static SampleCluster.Recorded OfCamera(SealKey key) => Recorded(
        key, Camera, "camera", "tls", "camera-17", "[2001:db8::7]:40000", s_start.AddSeconds(-60), Ending.Killed,
        Up([0x47, 0x40, 0x00, 0x10, 0xFF]), Up("setp"u8.ToArray()), Up("oint in pieces"u8.ToArray()));

    static (Direction, byte[]) Up(byte[] bytes) => (Direction.ToUpstream, bytes);

    static (Direction, byte[]) Down(byte[] bytes) => (Direction.ToClient, bytes);

    static SampleCluster.Recorded Recorded(
        SealKey key, string id, string connection, string protocol, string subject, string client, DateTimeOffset start, Ending ending,
        params (Direction Direction, byte[] Bytes)[] pieces)
    {
        var time = new FakeTimeProvider(start);
        var recorder = new SessionRecorder(id);
        List<StoredEvent> events =
        [
            recorder.Append(SampleSession.Opened with { SessionId = id, Connection = connection, Protocol = protocol, Subject = subject, OpenedAt = UnixMicros.Of(start) }),
        ];
        foreach (var (direction, bytes) in pieces)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            events.Add(SampleSession.Chunk(recorder, direction, bytes, time));
            if (events.Count == 2) events.Add(recorder.Append(SampleSession.Upstream));
        }

        var closed = UnixMicros.Of(time.GetUtcNow().AddSeconds(1));
        var closing = new SessionClosing(closed, ending, Refusal.None, null, recorder.ToUpstreamBytes, recorder.ToClientBytes);
        events.Add(recorder.Seal(closing, "node1", key));
        return new SampleCluster.Recorded(
            new SessionRow
            {
                SessionId = id,
                Connection = connection,
                Protocol = protocol,
                NodeKey = id[..5],
                ClientAddress = client,
                Subject = subject,
                StartedAt = UnixMicros.Of(start),
                Closing = closing,
            }, events);
    }
}

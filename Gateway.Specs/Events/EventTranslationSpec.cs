using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Hosting.Events;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Events;

public sealed class EventTranslationSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void An_opened_session_is_told_to_the_letter() => Assert.Equal(
        """
        {"version":1,"id":"node1-01JABCDEFGHJKMNPQRSTVWXYZ0:1","type":"session-opened","time":"2025-11-24T16:00:00.000000Z","severity":"info","node":"node1","summary":"m\u00FCnchen-42 opened a session on telemetry from 192.0.2.7:40112","session":{"id":"node1-01JABCDEFGHJKMNPQRSTVWXYZ0","connection":"telemetry","protocol":"mqtt","client":"192.0.2.7:40112","subject":"m\u00FCnchen-42","issuer":"https://issuer.example.test","groups":["sensors","eu"],"serverName":"mqtt.example.test","tls":"TLS 1.3","certificateSha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","ja4":"t13d1516h2_8daaf6152771_e5627efa2ab1"}}
        """, Json(Told(SampleSession.Opened)));

    [Fact]
    public void A_refused_client_is_told_with_the_refusal_and_who_has_to_change_something() => Assert.Equal(
        """
        {"version":1,"id":"node1-01JABCDEFGHJKMNPQRSTVWXYZ0:1","type":"session-refused","time":"2025-11-24T16:00:00.000001Z","severity":"warning","node":"node1","summary":"A client was refused on telemetry from 192.0.2.8:5: tls-version-too-old","session":{"id":"node1-01JABCDEFGHJKMNPQRSTVWXYZ0","connection":"telemetry","protocol":"mqtt","client":"192.0.2.8:5","ja4":"t13d1516h2_8daaf6152771_e5627efa2ab1"},"end":{"ending":"refused","toUpstreamBytes":0,"toClientBytes":0,"refusal":"tls-version-too-old","side":"client","detail":"the highest version offered is TLS 1.1"}}
        """, Json(Told(SampleSession.Refused)));

    [Fact]
    public void An_end_and_denied_operations_are_told_with_what_the_index_knows_of_the_session()
    {
        var (denied, ended) = (Told(SampleSession.Denied, Row), Told(SampleSession.Sealed, Row));

        Assert.Equal(("operations-denied", "sensor-7", "publish commands/all"), (denied.Type, denied.Session!.Subject, Text(denied.Denied![0])));
        Assert.Equal(
            ("session-ended", "notice", "node2", "refused", "identity-expired", 70_005L),
            (ended.Type, ended.Severity.Word(), ended.Node, ended.End!.Ending, ended.End.Refusal!, ended.End.ToUpstreamBytes));
        Assert.Contains("telemetry", ended.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unlike_before_is_told_with_the_figures_and_the_session()
    {
        var told = Told(SampleSession.Noticed, Row with { Ja4 = "t13d1516h2_8daaf6152771_e5627efa2ab1" });

        Assert.Equal(("anomaly", "notice", "node1", "volume-unusual"), (told.Type, told.Severity.Word(), told.Node, told.Anomaly!.Kind));
        Assert.Equal(SampleSession.Noticed.Explanation, told.Anomaly.Explanation);
        Assert.Equal($"sensor-7 on telemetry: {SampleSession.Noticed.Explanation}", told.Summary);
        Assert.Equal(("sensor-7", "t13d1516h2_8daaf6152771_e5627efa2ab1"), (told.Session!.Subject, told.Session.Ja4));
        Assert.Null(told.Truncated);
    }

    [Fact]
    public void Every_act_is_told_without_documents_and_keys()
    {
        var recorder = new RegistryRecorder();
        var told = SampleRegistry.All.Select((e, i) =>
        {
            var stored = recorder.Append(e, _key);
            return EventTranslation.Of(new JournalRow(i, RegistrySeal.PersistenceId, i + 1, stored.Manifest, stored.Bytes), null);
        }).ToArray();

        Assert.All(told, e => Assert.Equal("act", e.Type));
        Assert.All(told, e => Assert.Equal("zoë", e.Act!.Who));
        Assert.DoesNotContain(told, e => Json(e).Contains("apiVersion", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_is_told_as_that()
    {
        var torn = EventTranslation.Of(new JournalRow(1, "one", 3, "s.opened.3", [1, 2, 3]), null);
        var huge = EventTranslation.Of(new JournalRow(1, "one", 3, "s.opened.3", null), null);

        Assert.Equal(("record-unreadable", "one:3", "warning"), (torn.Type, torn.Id, torn.Severity.Word()));
        Assert.Equal("Event 3 of one cannot be read: it is too large", huge.Summary);
    }

    [Fact]
    public void An_event_is_never_larger_than_what_a_syslog_server_takes()
    {
        var hostile = string.Concat(Enumerable.Repeat("\u0001\ud83d\ude00", 6_000));
        AuditEvent[] told =
        [
            Told(SampleSession.Opened with
            {
                Subject = hostile, Issuer = hostile, Groups = [.. Enumerable.Repeat(hostile, 100)], Client = SampleSession.Client with { ServerName = hostile },
            }),
            Told(SampleSession.Refused with { Subject = hostile, Detail = hostile }),
            Told(SampleSession.Noticed with { Kind = hostile[..10_000], Explanation = hostile[..10_000] }, Row with { Subject = hostile }),
            Told(SampleSession.Denied with { Operations = [.. Enumerable.Repeat(new DeniedOperation("publish", hostile[..100]), 5)] }, Row with { Subject = hostile }),
        ];

        Assert.All(told, e => Assert.InRange(e.ToBytes().Length, 1, EventSize.Most));
        Assert.All(told, e => Assert.InRange(SyslogMessage.Framed(e).Length, 1, 8192));
        Assert.All(told, e => Assert.True(e.Truncated));
        Assert.All(told, e => JsonDocument.Parse(e.ToBytes()).Dispose());
    }

    [Fact]
    public void As_syslog_an_event_is_framed_by_its_length_and_headed_as_an_audit_log()
    {
        var e = Told(SampleSession.Refused);

        var framed = Encoding.ASCII.GetString(SyslogMessage.Framed(e));

        var space = framed.IndexOf(' ', StringComparison.Ordinal);
        Assert.Equal(framed.Length - space - 1, int.Parse(framed[..space], null));
        Assert.Equal($"<108>1 2025-11-24T16:00:00.000001Z node1 gateway - session-refused - {Json(e)}", framed[(space + 1)..]);
    }

    static SessionRow Row => MemoryArchive.SampleRow(ended: false) with { SessionId = SampleSession.Id, Subject = "sensor-7" };

    static AuditEvent Told(SessionEvent e, SessionRow? row = null)
    {
        var content = new ArrayBufferWriter<byte>();
        SessionEventTable.WriteContent(e, content);
        byte[] stored = [.. content.WrittenSpan, .. new byte[SessionChain.Length]];
        return EventTranslation.Of(new JournalRow(9, SampleSession.Id, 1, SessionEventTable.ManifestOf(e), stored), row);
    }

    static string Json(AuditEvent e) => Encoding.UTF8.GetString(e.ToBytes());

    static string Text(DeniedPart denied) => $"{denied.Operation} {denied.Resource}";
}

using Gateway.Actors.Record;
using Gateway.Actors.Replay;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Replay;

public sealed class SessionVerificationSpec : IDisposable
{
    readonly SealKey _key = SealKey.Ephemeral();
    readonly SealPublicKeys _keys;
    readonly List<JournaledEvent> _recording;

    public SessionVerificationSpec()
    {
        _keys = SealPublicKeys.FromPem(_key.PublicPem);
        _recording = JournaledEvents.Number(SampleSession.Recording(_key));
    }

    [Fact]
    public async Task A_sealed_recording_is_verified_with_its_totals()
    {
        var result = await VerifyAsync(_recording);

        Assert.Equal(VerificationVerdict.Verified, result.Verdict);
        Assert.Equal((6L, 9L, 303L), (result.Events, result.ToUpstreamBytes, result.ToClientBytes));
    }

    [Fact]
    public async Task A_recording_that_goes_on_is_sound_so_far_and_one_that_ended_so_is_not()
    {
        var open = _recording[..4];

        Assert.Equal(VerificationVerdict.Open, (await VerifyAsync(open, ended: false)).Verdict);
        var ended = await VerifyAsync(open);
        Assert.Equal((VerificationVerdict.Broken, 5L), (ended.Verdict, ended.BadEvent));
    }

    [Theory]
    [InlineData(RecordingLevel.Full, VerificationVerdict.Broken)]
    [InlineData(RecordingLevel.Metadata, VerificationVerdict.Verified)]
    [InlineData(RecordingLevel.Off, VerificationVerdict.Verified)]
    [InlineData(RecordingLevel.Operations, VerificationVerdict.Broken)]
    public async Task Counted_traffic_is_sound_below_full_only(RecordingLevel level, VerificationVerdict verdict)
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        List<StoredEvent> events =
        [
            recorder.Append(SampleSession.Opened with { Level = level }), recorder.Append(SampleSession.Upstream), recorder.Append(SampleSession.Counted),
        ];
        events.Add(recorder.Seal(SampleSession.Closing, "node2", _key));

        var result = await VerifyAsync(JournaledEvents.Number(events));

        Assert.Equal(verdict, result.Verdict);
        if (verdict == VerificationVerdict.Verified) Assert.Equal((300L, 5_000_000_000L), (result.ToUpstreamBytes, result.ToClientBytes));
        else Assert.Equal(3, result.BadEvent);
    }

    [Theory]
    [InlineData(RecordingLevel.Operations, VerificationVerdict.Verified)]
    [InlineData(RecordingLevel.Full, VerificationVerdict.Broken)]
    [InlineData(RecordingLevel.Metadata, VerificationVerdict.Broken)]
    public async Task Operations_are_sound_at_their_own_level_only(RecordingLevel level, VerificationVerdict verdict)
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        List<StoredEvent> events = [recorder.Append(SampleSession.Opened with { Level = level }), recorder.Append(SampleSession.Operations)];
        events.Add(recorder.Seal(SampleSession.Closing, "node2", _key));

        var result = await VerifyAsync(JournaledEvents.Number(events));

        Assert.Equal(verdict, result.Verdict);
        if (verdict == VerificationVerdict.Verified) Assert.Equal((40L, 5_000_000_000L), (result.ToUpstreamBytes, result.ToClientBytes));
        else Assert.Equal(2, result.BadEvent);
    }

    [Fact]
    public async Task Kept_traffic_has_no_place_below_full()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        List<StoredEvent> events =
        [
            recorder.Append(SampleSession.Opened with { Level = RecordingLevel.Metadata }), SampleSession.Chunk(recorder, (Direction.ToUpstream, "x")),
        ];

        Assert.Equal(VerificationVerdict.Broken, (await VerifyAsync(JournaledEvents.Number(events), ended: false)).Verdict);
    }

    [Fact]
    public async Task A_refused_connection_is_sound_and_not_signed()
    {
        var refused = JournaledEvents.Number([new SessionRecorder(SampleSession.Id).Append(SampleSession.Refused)]);

        Assert.Equal(VerificationVerdict.NotSigned, (await VerifyAsync(refused)).Verdict);
    }

    [Fact]
    public async Task A_seal_by_another_key_is_called_so_with_the_identifier_of_that_key()
    {
        using var other = SealKey.Ephemeral();
        using var keys = SealPublicKeys.FromPem(other.PublicPem);

        var result = await SessionVerification.VerifyAsync(SampleSession.Id, JournaledEvents.StreamAsync(_recording), true, keys, key: null, default);

        Assert.Equal(VerificationVerdict.UnknownKey, result.Verdict);
        Assert.Contains(Convert.ToHexStringLower(_key.Id.Span), result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_keys_the_one_that_sealed_is_used()
    {
        using var other = SealKey.Ephemeral();
        using var keys = SealPublicKeys.FromPem($"{other.PublicPem}\nsome text\n{_key.PublicPem}");

        var result = await SessionVerification.VerifyAsync(SampleSession.Id, JournaledEvents.StreamAsync(_recording), true, keys, key: null, default);

        Assert.Equal(VerificationVerdict.Verified, result.Verdict);
    }

    [Fact]
    public async Task An_encrypted_recording_verifies_with_its_key_and_without()
    {
        using var content = SampleSession.Key();
        using var other = RecordingKey.New();
        var recording = JournaledEvents.Number(SampleSession.Recording(_key, content));

        var opened = await VerifyAsync(recording, content);
        var closed = await VerifyAsync(recording, key: null);
        var wrong = await VerifyAsync(recording, other);

        Assert.Equal((VerificationVerdict.Verified, VerificationVerdict.Verified), (opened.Verdict, closed.Verdict));
        Assert.DoesNotContain("not opened", opened.Detail, StringComparison.Ordinal);
        Assert.Contains("not opened", closed.Detail, StringComparison.Ordinal);
        Assert.Equal((opened.ToUpstreamBytes, opened.ToClientBytes), (closed.ToUpstreamBytes, closed.ToClientBytes));
        Assert.Equal((VerificationVerdict.Broken, 3L), (wrong.Verdict, wrong.BadEvent));
    }

    [Fact]
    public async Task Nothing_is_absent() => Assert.Equal(VerificationVerdict.Absent, (await VerifyAsync([])).Verdict);

    [Fact]
    public async Task Any_bit_that_is_flipped_is_noticed_in_its_event()
    {
        for (var i = 0; i < _recording.Count; i++)
        {
            var bytes = _recording[i].Bytes.ToArray();
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var result = await VerifyAsync([.. _recording[..i], _recording[i] with { Bytes = bytes }, .. _recording[(i + 1)..]]);
                var isFound = result.Verdict == VerificationVerdict.Broken && result.BadEvent == i + 1;
                Assert.True(isFound, $"event {i + 1}, bit {bit}: {result}");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Fact]
    public async Task Any_event_that_is_dropped_doubled_or_moved_is_noticed_whether_or_not_the_rest_is_renumbered()
    {
        for (var i = 0; i < _recording.Count; i++)
        {
            await AssertBrokenAsync($"drop {i + 1}", [.. _recording[..i], .. _recording[(i + 1)..]]);
            await AssertBrokenAsync($"double {i + 1}", [.. _recording[..(i + 1)], .. _recording[i..]]);
            for (var j = i + 1; j < _recording.Count; j++)
            {
                var swapped = _recording.ToList();
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                await AssertBrokenAsync($"swap {i + 1} and {j + 1}", swapped);
            }
        }
    }

    [Fact]
    public async Task Any_recording_that_is_shortened_is_noticed_when_it_ended()
    {
        for (var length = 1; length < _recording.Count; length++)
            await AssertBrokenAsync($"{length} events", _recording[..length]);
    }

    [Fact]
    public async Task Any_event_that_is_cut_short_or_renamed_is_noticed()
    {
        for (var i = 0; i < _recording.Count; i++)
        {
            var e = _recording[i];
            for (var length = 0; length < e.Bytes.Length; length++)
                await AssertBrokenAsync($"event {i + 1} of {length}", With(i, e with { Bytes = e.Bytes[..length] }));
            foreach (var (manifest, _) in SessionEventTable.Manifests.Where(known => known.Manifest != e.Manifest))
                await AssertBrokenAsync($"event {i + 1} as {manifest}", With(i, e with { Manifest = manifest }));
        }
    }

    [Fact]
    public async Task An_event_of_another_session_is_noticed()
    {
        var result = await SessionVerification.VerifyAsync("another", JournaledEvents.StreamAsync(_recording), true, _keys, key: null, default);

        Assert.Equal((VerificationVerdict.Broken, 1L), (result.Verdict, result.BadEvent));
    }

    [Fact]
    public async Task A_chain_that_somebody_made_anew_fails_at_the_seal()
    {
        using var forger = SealKey.Ephemeral();
        var forged = SampleSession.Recording(forger);
        var seal = (SessionSealed)forged[^1].Decode() with { KeyId = _key.Id };
        forged[^1] = Sealed(forged[..^1], seal);

        var result = await VerifyAsync(JournaledEvents.Number(forged));

        Assert.Equal((VerificationVerdict.Broken, 6L), (result.Verdict, result.BadEvent));
        Assert.Contains("signature", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seal_that_counts_other_traffic_is_noticed_although_it_is_signed()
    {
        var events = SampleSession.Recording(_key)[..^1];
        var seal = (SessionSealed)SampleSession.Recording(_key)[^1].Decode() with { ToClientBytes = 302 };
        var signed = SessionSeal.Sign(seal, SessionChain.ValueOf(events[^1].Bytes), _key.Sign);

        var result = await VerifyAsync(JournaledEvents.Number([.. events, Sealed(events, signed)]));

        Assert.Equal((VerificationVerdict.Broken, 6L), (result.Verdict, result.BadEvent));
        Assert.Contains("other traffic", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_was_recorded_before_the_upstream_was_secured_is_in_its_place_and_a_second_upstream_is_not()
    {
        var recorder = new SessionRecorder(SampleSession.Id);
        StoredEvent[] sound =
        [
            recorder.Append(SampleSession.Opened),
            SampleSession.Chunk(recorder, (Direction.ToUpstream, "login")),
            recorder.Append(SampleSession.Upstream),
        ];
        StoredEvent[] twice = [.. sound, recorder.Append(SampleSession.Upstream)];

        Assert.Equal(VerificationVerdict.Open, (await VerifyAsync(JournaledEvents.Number(sound), ended: false)).Verdict);
        var result = await VerifyAsync(JournaledEvents.Number(twice), ended: false);
        Assert.Equal((VerificationVerdict.Broken, 4L), (result.Verdict, result.BadEvent));
    }

    [Fact]
    public void A_private_key_or_a_key_of_another_kind_is_not_taken_for_a_public_one()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        using var ec = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);

        Assert.Throws<InvalidDataException>(() => SealPublicKeys.FromPem(ec.ExportPkcs8PrivateKeyPem()));
        Assert.Throws<InvalidDataException>(() => SealPublicKeys.FromPem(ec.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<InvalidDataException>(() => SealPublicKeys.FromPem(rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Throws<InvalidDataException>(() => SealPublicKeys.FromPem(""));
    }

    public void Dispose()
    {
        _keys.Dispose();
        _key.Dispose();
    }

    Task<VerificationResult> VerifyAsync(List<JournaledEvent> events, RecordingKey? key) =>
        SessionVerification.VerifyAsync(SampleSession.Id, JournaledEvents.StreamAsync(events), ended: true, _keys, key, default);

    Task<VerificationResult> VerifyAsync(List<JournaledEvent> events, bool ended = true) =>
        SessionVerification.VerifyAsync(SampleSession.Id, JournaledEvents.StreamAsync(events), ended, _keys, key: null, default);

    async Task AssertBrokenAsync(string what, List<JournaledEvent> events)
    {
        var renumbered = events.Select((e, i) => e with { SequenceNumber = i + 1 }).ToList();
        Assert.True((await VerifyAsync(events)).Verdict == VerificationVerdict.Broken, what);
        Assert.True((await VerifyAsync(renumbered)).Verdict == VerificationVerdict.Broken, $"{what}, renumbered");
    }

    List<JournaledEvent> With(int index, JournaledEvent e) => [.. _recording[..index], e, .. _recording[(index + 1)..]];

    static StoredEvent Sealed(IReadOnlyList<StoredEvent> before, SessionSealed seal)
    {
        var content = new System.Buffers.ArrayBufferWriter<byte>();
        SessionEventTable.WriteContent(seal, content);
        var chain = new byte[SessionChain.Length];
        SessionChain.Next(SessionChain.ValueOf(before[^1].Bytes), "s.sealed.1", content.WrittenSpan, chain);
        return new StoredEvent("s.sealed.1", [.. content.WrittenSpan, .. chain]);
    }
}

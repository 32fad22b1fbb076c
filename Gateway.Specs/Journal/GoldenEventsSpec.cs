using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

/// <summary>
/// One file per manifest ever released, each the first event of <see cref="SampleSession"/> with its chain value. The files are never
/// changed: what they hold lies in somebody's journal.
/// </summary>
public sealed class GoldenEventsSpec
{
    static readonly Dictionary<string, SessionEvent> s_samples = new()
    {
        ["s.opened.1"] = SampleSession.Opened with { Level = RecordingLevel.Full, Client = SampleSession.Client },
        ["s.opened.2"] = SampleSession.Opened with { Client = SampleSession.Client },
        ["s.opened.3"] = SampleSession.Opened,
        ["s.refused.1"] = SampleSession.Refused with { Client = SampleSession.Refused.Client with { Offer = null } },
        ["s.refused.2"] = SampleSession.Refused,
        ["s.upstream.1"] = SampleSession.Upstream,
        ["s.traffic.1"] = SampleSession.Traffic,
        ["s.traffic.2"] = SampleSession.EncryptedTraffic,
        ["s.counted.1"] = SampleSession.Counted,
        ["s.operations.1"] = SampleSession.Operations,
        ["s.operations.2"] = SampleSession.EncryptedOperations,
        ["s.denied.1"] = SampleSession.Denied,
        ["s.access.1"] = SampleSession.Confirmed,
        ["s.ending.1"] = SampleSession.Expiring,
        ["s.noticed.1"] = SampleSession.Noticed,
        ["s.sealed.1"] = SampleSession.Sealed,
    };

    public static TheoryData<string> Manifests => [.. SessionEventTable.Manifests.Select(entry => entry.Manifest)];

    [Fact]
    public void Every_manifest_has_its_file_and_every_file_its_manifest()
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(FileOf("any"))!, "*.bin").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(SessionEventTable.Manifests.Select(entry => entry.Manifest).Order(), files.Order());
        Assert.Equal(s_samples.Keys.Order(), files.Order());
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void What_was_journaled_once_still_reads_as_what_it_was(string manifest)
    {
        var stored = File.ReadAllBytes(FileOf(manifest));

        var e = SessionEventTable.ReadStored(manifest, stored);

        Assert.Equal(Shown(s_samples[manifest]), Shown(e));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void What_was_journaled_once_is_still_written_the_same(string manifest)
    {
        var stored = File.ReadAllBytes(FileOf(manifest));

        var content = new ArrayBufferWriter<byte>();
        SessionEventTable.WriteContent(manifest, s_samples[manifest], content);
        var chain = new byte[SessionChain.Length];
        SessionChain.Next(SessionChain.Start(SampleSession.Id), manifest, content.WrittenSpan, chain);

        Assert.Equal(Convert.ToHexString(stored), Convert.ToHexString([.. content.WrittenSpan, .. chain]));
    }

    [Fact]
    public void A_seal_that_was_signed_once_still_verifies_and_no_other_does()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(SampleSession.SealedKeyPem);
        var seal = (SessionSealed)SessionEventTable.ReadStored("s.sealed.1", File.ReadAllBytes(FileOf("s.sealed.1")));

        Assert.True(SessionSeal.Verify(seal, SessionChain.Start(SampleSession.Id), key));
        Assert.False(SessionSeal.Verify(seal with { ToClientBytes = 1 }, SessionChain.Start(SampleSession.Id), key));
        Assert.False(SessionSeal.Verify(seal, SessionChain.Start("another"), key));
    }

    static string FileOf(string manifest) => Repository.File($"Gateway.Specs/Journal/{manifest}.bin");

    // Records with lists and memory have no equality of their own; every member is shown.
    static string Shown(SessionEvent e) =>
        e switch
        {
            TrafficRecorded chunk => Shown(chunk with { Payload = default }, chunk.Payload),
            OperationsEncrypted encrypted => Shown(encrypted with { Payload = default }, encrypted.Payload),
            _ => Shown(e, default),
        };

    static string Shown(SessionEvent e, ReadOnlyMemory<byte> payload) =>
        $"{e.GetType().Name} {JsonSerializer.Serialize<object>(e)} {Convert.ToHexString(payload.Span)}";
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Journal;

/// <summary>
/// One file per manifest of the registry ever released: the event's content, and in <c>registry.stored</c> a whole stored event. The files are
/// never changed: what they hold lies in somebody's journal.
/// </summary>
public sealed class GoldenRegistrySpec
{
    static readonly EventTable<RegistryEvent> s_table = RegistryEventTable.Table;

    static readonly JsonSerializerOptions s_shown = new() { Converters = { new BytesAsHex() } };

    public static TheoryData<string> Manifests => [.. s_table.Manifests.Select(entry => entry.Manifest)];

    [Fact]
    public void Every_manifest_has_its_file_and_every_file_its_manifest()
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(FileOf("any"))!, "r.*.content").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(s_table.Manifests.Select(entry => entry.Manifest).Order(), files.Order());
        Assert.Equal(s_table.Manifests.Select(entry => entry.Type).ToHashSet(), SampleRegistry.All.Select(e => e.GetType()).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void What_was_journaled_once_still_reads_as_what_it_was_and_is_written_the_same(string manifest)
    {
        var stored = File.ReadAllBytes(FileOf(manifest));
        var sample = SampleRegistry.All.Single(e => s_table.ManifestOf(e) == manifest);

        var content = new ArrayBufferWriter<byte>();
        s_table.WriteContent(sample, content);

        Assert.Equal(Convert.ToHexString(stored), Convert.ToHexString(content.WrittenSpan));
        Assert.Equal(Shown(sample), Shown(s_table.ReadContent(manifest, stored)));
    }

    [Theory]
    [MemberData(nameof(Manifests))]
    public void No_event_that_was_cut_short_or_has_a_tail_is_read(string manifest)
    {
        var content = File.ReadAllBytes(FileOf(manifest));

        for (var length = 0; length < content.Length; length++)
            Assert.Throws<JournalFormatException>(() => s_table.ReadContent(manifest, content.AsSpan(0, length)));
        Assert.Throws<JournalFormatException>(() => s_table.ReadContent(manifest, [.. content, 0]));
    }

    [Fact]
    public void A_stored_event_that_was_signed_once_still_verifies_and_no_other_does()
    {
        const string manifest = "r.revoked.1";
        var stored = File.ReadAllBytes(Repository.File("Gateway.Specs/Journal/registry.stored"));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Repository.File("Gateway.Specs/Journal/registry.pub")));
        var chain = RegistrySeal.Start();

        Assert.Equal(SessionSeal.KeyIdOf(key), RegistrySeal.KeyIdOf(stored).ToArray());
        Assert.True(RegistrySeal.Verify(manifest, stored, RegistrySeal.Start(), key));
        Assert.True(RegistrySeal.Continues(manifest, stored, chain));
        Assert.False(RegistrySeal.Verify(manifest, stored, chain, key));
        Assert.False(RegistrySeal.Verify("r.revoked.2", stored, RegistrySeal.Start(), key));
        stored[5] ^= 1;
        Assert.False(RegistrySeal.Verify(manifest, stored, RegistrySeal.Start(), key));
        Assert.False(RegistrySeal.Continues(manifest, stored, RegistrySeal.Start()));
    }

    static string FileOf(string manifest) => Repository.File($"Gateway.Specs/Journal/{manifest}.content");

    static string Shown(RegistryEvent e) => $"{e.GetType().Name} {JsonSerializer.Serialize<object>(e, s_shown)}";

    sealed class BytesAsHex : JsonConverter<ReadOnlyMemory<byte>>
    {
        public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Convert.ToHexString(value.Span));
    }
}

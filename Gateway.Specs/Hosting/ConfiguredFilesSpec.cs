using System.Text;
using Gateway.Actors.Hosting;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Hosting;

/// <summary>Files as Kubernetes mounts them: behind links whose own length and time say nothing.</summary>
public sealed class ConfiguredFilesSpec : IDisposable
{
    readonly MountedFile _mounted = new("file");

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(40_000, false)]
    public void A_file_larger_than_it_may_be_is_not_read_whatever_leads_to_it(int length, bool isRead)
    {
        _mounted.Put(Enumerable.Repeat((byte)'x', length).ToArray());

        Assert.Equal(isRead ? length : null, ConfiguredFiles.Bytes(_mounted.Path, 100)?.Length);
        Assert.Equal(isRead ? length : null, ConfiguredFiles.Text(_mounted.Path, 100)?.Length);
        Assert.Equal(!isRead, ConfiguredFiles.Fingerprint(_mounted.Path, 100) == "too large");
    }

    [Fact]
    public void A_file_that_took_the_place_of_another_of_the_same_length_has_another_fingerprint()
    {
        _mounted.Put("one"u8.ToArray());
        var before = ConfiguredFiles.Fingerprint(_mounted.Path);

        _mounted.Put("two"u8.ToArray());

        Assert.NotEqual(before, ConfiguredFiles.Fingerprint(_mounted.Path));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_a_text()
    {
        _mounted.Put([0xEF, 0xBB, 0xBF, (byte)'a']);

        Assert.Equal("a", ConfiguredFiles.Text(_mounted.Path, 4));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Certificates_are_taken_from_a_file_only_where_its_fingerprint_would_tell_of_a_change(int more, bool areTaken)
    {
        using var authority = new TestCertificates();
        var pem = authority.Authority.ExportCertificatePem() + "\n";
        _mounted.Put(Encoding.ASCII.GetBytes(pem.PadRight((4 * 1024 * 1024) + more, '\n')));

        var certificates = ConfiguredFiles.Certificates(_mounted.Path, out var problem);

        Assert.Equal(areTaken, certificates.Count == 1);
        Assert.Equal(areTaken, problem is null);
        Assert.NotEqual(areTaken, ConfiguredFiles.Fingerprint(_mounted.Path) == "too large");
    }

    public void Dispose() => _mounted.Dispose();
}

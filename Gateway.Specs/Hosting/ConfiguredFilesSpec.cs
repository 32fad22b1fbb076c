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

    public void Dispose() => _mounted.Dispose();
}

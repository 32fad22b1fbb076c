using Gateway.Actors.Registry;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Registry;

public sealed class ClusterKeySpec : IDisposable
{
    readonly ConfigurationFolder _folder = new();

    [Fact]
    public void A_secret_opens_with_the_same_key_and_under_its_own_name_only()
    {
        var key = ClusterKey.Ephemeral();

        var bytes = key.Seal("broker", "hunter2 ✓");

        Assert.Equal("hunter2 ✓", key.Open("broker", bytes));
        Assert.Null(key.Open("other", bytes));
        Assert.Null(ClusterKey.Ephemeral().Open("broker", bytes));
        Assert.NotEqual(Convert.ToHexString(bytes), Convert.ToHexString(key.Seal("broker", "hunter2 ✓")));
    }

    [Fact]
    public void No_altered_or_cut_secret_opens()
    {
        var key = ClusterKey.Ephemeral();
        var bytes = key.Seal("broker", "hunter2");

        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Null(key.Open("broker", bytes.AsSpan(0, i)));
            bytes[i] ^= 1;
            Assert.Null(key.Open("broker", bytes));
            bytes[i] ^= 1;
        }

        Assert.Equal("hunter2", key.Open("broker", bytes));
    }

    [Fact]
    public void A_key_is_made_once_for_its_owner_alone_and_loaded_afterwards()
    {
        var file = _folder.PathOf("keys/cluster.key");

        var made = ClusterKey.Load(file, create: true).Seal("broker", "x");

        Assert.Equal("x", ClusterKey.Load(file, create: false).Open("broker", made));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void The_first_key_of_a_file_seals_and_each_opens_what_it_sealed()
    {
        var (older, newer) = (Convert.ToBase64String(new byte[32]), Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()));
        var before = ClusterKey.Load(_folder.WriteSecret("before.key", older), create: false);
        var both = ClusterKey.Load(_folder.WriteSecret("both.key", $"{newer}\n{older}\n"), create: false);
        var after = ClusterKey.Load(_folder.WriteSecret("after.key", newer), create: false);
        var old = before.Seal("broker", "x");

        Assert.Equal("x", both.Open("broker", old));
        var anew = both.Seal("broker", "x");
        Assert.Equal("x", after.Open("broker", anew));
        Assert.Null(before.Open("broker", anew));
        Assert.Null(after.Open("broker", old));
    }

    [Fact]
    public void What_was_sealed_as_one_thing_does_not_open_as_another()
    {
        var key = ClusterKey.Ephemeral();

        var bytes = key.SealBytes("this", "name", [1, 2, 3]);

        Assert.Equal([1, 2, 3], key.OpenBytes("this", "name", bytes)!);
        Assert.Null(key.OpenBytes("that", "name", bytes));
        Assert.Null(key.OpenBytes("this", "other", bytes));
    }

    [Theory]
    [InlineData("c2hvcnQ=", "is not 32 bytes in base 64")]
    [InlineData("no base 64!", "is not 32 bytes in base 64")]
    [InlineData("", "is not 32 bytes in base 64")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nc2hvcnQ=", "is not 32 bytes in base 64")]
    public void A_file_that_holds_no_key_is_refused_with_the_remedy(string text, string problem)
    {
        var refused = Assert.Throws<InvalidDataException>(() => ClusterKey.Load(_folder.WriteSecret("cluster.key", text), create: true));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("openssl rand", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_missing_or_open_to_others_is_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<InvalidDataException>(() => ClusterKey.Load(_folder.PathOf("absent"), create: false)).Message, StringComparison.Ordinal);
        var open = _folder.Write("open.key", Convert.ToBase64String(new byte[32]));
        Assert.Contains("chmod 600", Assert.Throws<InvalidDataException>(() => ClusterKey.Load(open, create: false)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}

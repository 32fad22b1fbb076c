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

    [Theory]
    [InlineData("c2hvcnQ=", "is not 32 bytes in base 64")]
    [InlineData("no base 64!", "is not 32 bytes in base 64")]
    [InlineData("", "is not 32 bytes in base 64")]
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

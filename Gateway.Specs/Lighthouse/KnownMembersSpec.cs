using Gateway.Lighthouse;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Lighthouse;

public sealed class KnownMembersSpec : IDisposable
{
    const string Self = "10.0.0.5:4053";

    readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Members_come_before_those_that_left_and_the_lighthouse_itself_is_not_among_them()
    {
        var before = KnownMembers.None.After(["gw-2:4053", "gw-1:4053", Self], Self);

        var after = before.After(["GW-2:4053", "gw-3:4053"], Self);

        Assert.Equal(["gw-1:4053", "gw-2:4053"], before.Addresses);
        Assert.Equal(["GW-2:4053", "gw-3:4053", "gw-1:4053"], after.Addresses);
    }

    [Fact]
    public void No_more_are_remembered_than_can_be_asked_and_those_that_left_first_are_forgotten_first()
    {
        var known = KnownMembers.None;
        for (var i = 1; i <= 2 * KnownMembers.Most; i++) known = known.After([$"gw:{i}"], Self);

        Assert.Equal(Enumerable.Range(KnownMembers.Most + 1, KnownMembers.Most).Reverse().Select(i => $"gw:{i}"), known.Addresses);
    }

    [Fact]
    public void What_is_written_is_read_again_and_no_file_is_no_fault()
    {
        var file = new MemberFile(_folder.PathOf("data"));
        Assert.Equal(([], null), (file.Read(out var absent).Addresses, absent));
        var known = KnownMembers.None.After(["10.0.0.11:4053", "[fe80::1]:4053", $"{new string('a', 63)}.example.org:65535"], Self);

        Assert.Null(file.Write(known));
        Assert.Null(file.Write(known));

        Assert.Equal(known.Addresses, file.Read(out var fault).Addresses);
        Assert.Null(fault);
        Assert.Equal(["members"], Directory.GetFiles(_folder.PathOf("data")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("gw-1:4053\n\"]\ngw-2:4053\n", "has in line 2 what is not host:port")]
    [InlineData("gw-1:0\n", "has in line 1 what is not host:port")]
    [InlineData("\0\0\0\0", "has in line 1 what is not host:port")]
    [InlineData("gw-1:4053 \n", "has in line 1 what is not host:port")]
    public void A_file_of_something_else_is_a_fault_and_nothing_of_it_counts(string text, string problem)
    {
        _folder.Write("members", text);

        var known = new MemberFile(_folder.Root).Read(out var fault);

        Assert.Empty(known.Addresses);
        Assert.Equal(
            $"{_folder.PathOf("members")}: {problem}; the cluster is looked for at the configured seeds alone, and the file is written anew", fault);
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read_to_its_end()
    {
        _folder.Write("members", string.Concat(Enumerable.Repeat("gw-1:4053\n", KnownMembers.Most + 1)));
        Assert.Empty(new MemberFile(_folder.Root).Read(out var lines).Addresses);
        _folder.Write("members", new string('\n', 100_000));
        Assert.Empty(new MemberFile(_folder.Root).Read(out var bytes).Addresses);

        Assert.Contains("has more than 32 lines", lines, StringComparison.Ordinal);
        Assert.Contains("is longer than", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_told_with_its_remedy()
    {
        var fault = new MemberFile(_folder.Write("file", "")).Write(KnownMembers.None);

        Assert.Contains("have Lighthouse:DataDirectory be a directory that it may write into and that is kept", fault, StringComparison.Ordinal);
    }
}

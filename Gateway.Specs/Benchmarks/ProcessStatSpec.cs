using Gateway.Benchmarks.Machine;
using Xunit;

namespace Gateway.Specs.Benchmarks;

public sealed class ProcessStatSpec
{
    const string Fields = "S 17 4242 4242 0 -1 4194560 2210 0 1 0 310 45 6 4 20 0 8 0 91234 274877906944 5120 18446744073709551615 1 1";

    [Fact]
    public void Its_cpu_time_is_its_own_and_that_of_the_children_it_waited_for()
    {
        var read = ProcessStat.TryParse($"4242 (nginx) {Fields}", out var stat);

        Assert.True(read);
        Assert.Equal(new ProcessStat(4242, 17, 310 + 45 + 6 + 4), stat);
        Assert.Equal(3.65, stat.CpuSeconds, 6);
    }

    [Theory]
    [InlineData("(sd-pam)")]
    [InlineData("a b) S 1 (c")]
    [InlineData("")]
    public void A_name_may_hold_blanks_and_brackets(string name)
    {
        var read = ProcessStat.TryParse($"4242 ({name}) {Fields}", out var stat);

        Assert.True(read);
        Assert.Equal(17, stat.Parent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("4242 nginx S 17")]
    [InlineData("4242 (nginx) S 17 4242 4242 0")]
    [InlineData("one (nginx) S 17 4242 4242 0 -1 4194560 2210 0 1 0 310 45 6 4 20 0")]
    [InlineData("4242 (nginx) S 17 4242 4242 0 -1 4194560 2210 0 1 0 310 x 6 4 20 0")]
    public void Another_line_is_not_read(string line)
    {
        var read = ProcessStat.TryParse(line, out _);

        Assert.False(read);
    }
}

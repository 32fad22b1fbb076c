using System.Xml.Linq;
using Gateway.Build;
using Xunit;

namespace Gateway.Specs.Build;

public sealed class TestReportSpec
{
    static readonly SpecResult s_passed = new("Good", "Passed", null);

    [Fact]
    public void The_last_line_counts_what_passed_and_failed()
    {
        var report = TestReport.Of(exit: 1, [s_passed, s_passed, new("Bad", "Failed", "it broke\nat line 3")]);

        Assert.Equal("2 passed, 1 failed", report.Lines[^1]);
        Assert.Contains("failed: Bad: it broke", report.Lines);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void A_skipped_spec_is_named_with_its_reason()
    {
        var report = TestReport.Of(exit: 0, [s_passed, new("Idle", "NotExecuted", "not installed here: mosquitto")]);

        Assert.Equal("1 passed, 0 failed, 1 skipped", report.Lines[^1]);
        Assert.Contains("skipped: Idle: not installed here: mosquitto", report.Lines);
        Assert.Equal(0, report.ExitCode);
    }

    [Fact]
    public void A_run_without_results_is_a_failure()
    {
        var report = TestReport.Of(exit: 0, []);

        Assert.Equal("0 passed, 1 failed", report.Lines[^1]);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void A_run_that_dies_after_its_last_spec_is_a_failure()
    {
        var report = TestReport.Of(exit: 134, [s_passed]);

        Assert.Equal("1 passed, 1 failed", report.Lines[^1]);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact]
    public void Results_are_read_from_the_trx_file()
    {
        var trx = XDocument.Parse("""
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
            <UnitTestResult testName="A" outcome="Passed" />
            <UnitTestResult testName="B" outcome="Failed"><Output><ErrorInfo><Message>broke</Message></ErrorInfo></Output></UnitTestResult>
            </Results></TestRun>
            """);

        var results = TrxFile.Read(trx);

        Assert.Equal([new SpecResult("A", "Passed", null), new SpecResult("B", "Failed", "broke")], results);
    }
}

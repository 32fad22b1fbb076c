using Xunit;

namespace Gateway.Specs.Support;

public sealed class RequirementSpec
{
    [Fact]
    public void A_spec_whose_program_is_missing_is_skipped_with_the_name_of_the_program()
    {
        var reason = Requirement.Unmet(["there", "absent"], inCi: false, find: t => t == "there" ? "/bin/there" : null);

        Assert.Equal("not installed here: absent", reason);
    }

    [Theory]
    [InlineData("there", "not run with root's rights")]
    [InlineData("absent", "not installed here: absent; not run with root's rights")]
    public void A_spec_for_root_alone_says_that_it_needs_roots_rights_and_not_that_they_are_missing_here(string tool, string reason) =>
        Assert.Equal(reason, Requirement.Unmet([tool, Requirement.Root], inCi: false, find: t => t == "there" ? "/bin/there" : null));

    [Fact]
    public void A_spec_whose_programs_are_installed_runs() =>
        Assert.Null(Requirement.Unmet(["there"], inCi: false, find: _ => "/bin/there"));

    [Fact]
    public void A_missing_program_is_no_excuse_in_continuous_integration() =>
        Assert.Null(Requirement.Unmet(["absent"], inCi: true, find: _ => null));

    [Fact]
    public void A_required_program_that_is_missing_says_how_to_get_it()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Tool.Path("no-such-program-anywhere"));

        Assert.Contains("no-such-program-anywhere is not installed", fault.Message, StringComparison.Ordinal);
    }
}

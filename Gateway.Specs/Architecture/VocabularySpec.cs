using System.Text.RegularExpressions;
using Gateway.Protocols;
using Gateway.Protocols.Journal;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Architecture;

/// <summary>Numbers and names that outlive the version that wrote them are given once.</summary>
public sealed partial class VocabularySpec
{
    static readonly string[] s_programs =
        ["Gateway.Protocols", "Gateway.Actors", "Gateway.Node", "Gateway.Lighthouse", "Gateway.Cli", "Gateway.Demo"];

    [Fact]
    public void Every_refusal_has_a_number_and_a_word_of_its_own()
    {
        var names = Enum.GetNames<Refusal>();

        Assert.Equal(names.Length, Enum.GetValues<Refusal>().Distinct().Count());
        Assert.Equal(names.Length, Enum.GetValues<Refusal>().Select(r => r.Word()).Distinct().Count());
        Assert.All(Enum.GetValues<Refusal>(), refusal => Assert.Equal(refusal, RefusalFacts.Parse(refusal.Word())));
    }

    [Fact]
    public void Every_refusal_is_documented_with_its_number_word_and_side_and_no_other_is()
    {
        var documented = RefusalRow().Matches(File.ReadAllText(Repository.File("docs/refusals.md"))).Select(m => m.Groups[1].Value);

        var known = Enum.GetValues<Refusal>().Where(r => r != Refusal.None).Select(r => $"{(ushort)r} | `{r.Word()}` | {SideWord(r)}");
        Assert.Equal(known, documented);
    }

    [Fact]
    public void Every_session_event_has_a_manifest_of_its_own()
    {
        var manifests = SessionEventTable.Manifests;
        var events = typeof(SessionEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(SessionEvent)) && !t.IsAbstract);

        Assert.Distinct(manifests.Select(m => m.Manifest));
        Assert.Empty(events.Except(manifests.Select(m => m.Type)));
    }

    [Fact]
    public void Every_log_event_has_a_number_of_its_own()
    {
        var events = s_programs.SelectMany(SourceFile.Under).SelectMany(source => LogEvent().Matches(source.Code));

        var numbers = events.Select(e => e.Groups[1].Value).ToArray();

        Assert.NotEmpty(numbers);
        Assert.All(numbers, Assert.NotEmpty);
        Assert.Distinct(numbers);
    }

    static string SideWord(Refusal refusal) => refusal.GuiltySide() switch
    {
        Side.Client => "client",
        Side.Gateway => "gateway",
        _ => "upstream",
    };

    // Meaning and remedy must be there too: two more cells that are not empty.
    [GeneratedRegex(@"^\| (\d+ \| `[a-z0-9-]+` \| \w+) \| [^|\s][^|]+ \| [^|\s][^|]+ \|\r?$", RegexOptions.Multiline)]
    private static partial Regex RefusalRow();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId = )?(\d*)")]
    private static partial Regex LogEvent();
}

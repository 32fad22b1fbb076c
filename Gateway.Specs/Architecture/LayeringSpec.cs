using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Architecture;

/// <summary>Which project may lean on which. What is not listed is not allowed.</summary>
public sealed partial class LayeringSpec
{
    static readonly Dictionary<string, string[]> s_arrows = new()
    {
        ["Gateway.Protocols"] = [],
        ["Gateway.Actors"] = ["Gateway.Protocols"],
        ["Gateway.Node"] = ["Gateway.Actors", "Gateway.Protocols"],
        ["Gateway.Cli"] = ["Gateway.Actors", "Gateway.Protocols"],
        ["Gateway.Lighthouse"] = [],
        ["Gateway.Demo"] = ["Gateway.Node", "Gateway.Cli", "Gateway.Actors"],
        ["Gateway.Benchmarks"] = ["Gateway.Protocols", "Gateway.Actors"],
        ["Build"] = [],
        ["Gateway.Specs"] =
        [
            "Gateway.Protocols", "Gateway.Actors", "Gateway.Node", "Gateway.Cli", "Gateway.Lighthouse", "Gateway.Demo",
            "Gateway.Benchmarks", "Build",
        ],
    };

    public static TheoryData<string> Projects => [.. ProjectFiles().Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_leans_on_no_project_but_those_it_may(string project)
    {
        var leansOn = References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(leansOn.Except(s_arrows[project]));
    }

    [Fact]
    public void Protocols_lean_on_no_package_and_no_framework_beyond_the_base()
    {
        Assert.Empty(References("Gateway.Protocols", "PackageReference"));
        Assert.Empty(References("Gateway.Protocols", "FrameworkReference"));
    }

    [Fact]
    public void Protocols_have_no_socket_no_file_and_no_clock()
    {
        var impure = SourceFile.Under("Gateway.Protocols").Where(source => Impure().IsMatch(source.Code));

        Assert.Empty(impure);
    }

    [Fact]
    public void Decisions_import_no_actors()
    {
        var decisions = ProjectFiles().Keys.Where(p => p.StartsWith("Gateway.", StringComparison.Ordinal)).SelectMany(SourceFile.Under)
            .Where(source => DecisionName().IsMatch(source.Path)).ToArray();

        Assert.NotEmpty(decisions);
        Assert.DoesNotContain(decisions, source => source.Code.Contains("Akka", StringComparison.Ordinal));
    }

    static Dictionary<string, string> ProjectFiles() => Directory.EnumerateDirectories(Repository.Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj")).ToDictionary(path => Path.GetFileNameWithoutExtension(path));

    static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(ProjectFiles()[project]).Descendants(kind).Select(reference => (string)reference.Attribute("Include")!);

    [GeneratedRegex(@"(Policy|Plan|Ledger|Judge)\.cs$")]
    private static partial Regex DecisionName();

    [GeneratedRegex(@"System\.(Net|IO|Diagnostics)\b|\b(Socket|HttpClient|FileStream|DateTime|TimeProvider|Stopwatch|TickCount\w*|Timer)\b"
        + @"|\bTask\.Delay\b|\b(File|Directory)\.\w")]
    private static partial Regex Impure();
}

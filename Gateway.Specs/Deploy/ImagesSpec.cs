using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Deploy;

/// <summary>deploy/images/Dockerfile, as far as it can be judged without an engine.</summary>
public sealed partial class ImagesSpec
{
    static readonly string s_file = File.ReadAllText(Repository.File("deploy/images/Dockerfile"));

    [RequiresFact("node", "npm")]
    public async Task The_Dockerfile_has_no_faults()
    {
        var judged = await NpmPackages.RunAsync("dockerfile.cjs", Repository.File("deploy/images/Dockerfile"));

        Assert.Equal("valid", judged.Output.Trim());
    }

    [Fact]
    public void A_node_is_measured_as_its_image_starts_it() => Assert.All(
        Gateway.Benchmarks.Relays.GatewayRelay.ProcessEnvironment, e => Assert.Contains($"ENV {e.Key}={e.Value}\n", s_file, StringComparison.Ordinal));

    [Fact]
    public void Bases_are_arguments_so_that_they_can_be_pinned_by_digest_and_what_is_shipped_has_no_shell()
    {
        var bases = From().Matches(s_file).Select(m => m.Groups[1].Value).ToArray();

        Assert.Equal(["${SDK}", "${RUNTIME}", "base", "base", "base"], bases);
        // So the tag is spelt; without -extra there are no time zones.
        Assert.Matches(@"(?m)^ARG RUNTIME=mcr\.microsoft\.com/dotnet/aspnet:10\.0-noble-chiseled-extra$", s_file);
        Assert.Contains("\nUSER 65532:65532\n", s_file, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", "Gateway.Node")]
    [InlineData("lighthouse", "Gateway.Lighthouse")]
    [InlineData("cli", "Gateway.Cli")]
    public void Every_image_runs_what_the_build_publishes(string stage, string project)
    {
        var settings = XDocument.Load(Repository.File($"{project}/{project}.csproj"));
        var assembly = settings.Descendants("AssemblyName").Single().Value;
        var entry = settings.Descendants("PublishSingleFile").Any() ? $"\"/app/{assembly}\"" : $"\"dotnet\", \"/app/{assembly}.dll\"";
        var published = File.ReadAllText(Repository.File("build/Targets.cs"));

        Assert.Contains("\nRUN dotnet run --project build -- publish\n", s_file, StringComparison.Ordinal);
        Assert.Contains($"\"{project}\"", published, StringComparison.Ordinal);
        Assert.Contains("$\"artifacts/publish/{project}\"", published, StringComparison.Ordinal);
        Assert.Contains($"COPY --from=build /source/artifacts/publish/{project} /app\nENTRYPOINT [{entry}]\n", s_file.Split($"FROM base AS {stage}\n")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_builder_is_given_every_project_and_nothing_else()
    {
        var ignore = File.ReadAllLines(Repository.File("deploy/images/Dockerfile.dockerignore")).Where(l => l.Length > 0 && l[0] != '#').ToArray();

        Assert.Equal("*", ignore[0]);
        var given = ignore.Where(l => l[0] == '!').Select(l => new Regex("^" + Regex.Escape(l[1..]).Replace(@"\*", "[^/]*", StringComparison.Ordinal) + "$")).ToArray();
        string[] needed = ["Gateway.sln", "Gateway.Node", "Gateway.Lighthouse", "Gateway.Cli", "Gateway.Actors", "Gateway.Protocols", "build",
            "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json", "nuget.config"];
        Assert.Superset(new HashSet<string> { "**/bin", "**/obj", "**/data", "**/*.key" }, ignore[^4..].ToHashSet());
        Assert.All(needed, name => Assert.Contains(given, pattern => pattern.IsMatch(name)));
        Assert.DoesNotContain(given, pattern => pattern.IsMatch(".git") || pattern.IsMatch("deploy") || pattern.IsMatch("artifacts"));
    }

    [GeneratedRegex(@"^FROM (\S+) AS \w+$", RegexOptions.Multiline)]
    private static partial Regex From();
}

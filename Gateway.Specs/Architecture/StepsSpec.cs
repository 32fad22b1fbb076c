using System.Text.RegularExpressions;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Architecture;

/// <summary>
/// Which part of Gateway.Actors may use which. A step of a session knows the steps before it, for their outputs, and never a later one;
/// only Sessions knows them all; only Hosting knows Sessions, Certificates and Replay.
/// </summary>
public sealed class StepsSpec
{
    const string Root = "Gateway.Actors";

    // In the order of a session.
    static readonly string[] s_steps = ["Accept", "Tls", "Identify", "Authorize", "Protocol", "Record", "Upstream"];

    // Words every step shares: what a connection is, and how its bytes are carried. They know no step.
    static readonly string[] s_foundations = ["Connections", "Legs"];

    static readonly Dictionary<string, string[]> s_others = new()
    {
        ["Connections"] = [],
        ["Legs"] = [],
        ["Certificates"] = ["Connections", "Registry"],
        ["Replay"] = ["Record"],
        ["Registry"] = ["Connections", "Record", "Replay"],
        ["Sessions"] = [.. s_foundations, .. s_steps],
        ["Hosting"] = [.. s_foundations, .. s_steps, "Sessions", "Certificates", "Replay", "Registry"],
    };

    // Types that are used against the arrows, each for its reason.
    static readonly (string Part, string Types, string Reason)[] s_shared =
    [
        ("Hosting", @"\w+Options|JournalProvider", "settings are read where they apply"),
        ("Hosting", "ConfigurationFault|ConfiguredFiles|EcdsaKeyFile|FileProblem|Durations|NearestName", "a connections file is configuration too"),
        ("Hosting", "GatewayMetrics", "a thing is counted where it happens"),
        ("Tls", "Purposes", "what a certificate is judged for is what it is issued for"),
        ("Tls", "TlsFacts|OutsideHttps", "a certificate is named in one way, and a server outside is verified in one way"),
        ("Identify", "CertificateNumbers", "and its number is written in one way"),
        ("Registry", "IRegistry|RegistrySnapshot|RevocationKey", "what operators grant and revoke holds from that moment on"),
        ("Registry", "ClusterKey", "what lies in the database is sealed with the cluster's key"),
        ("Certificates", "INodeCertificates|IChallengeCertificates", "a handshake presents the certificate that is current at that moment"),
    ];

    public static TheoryData<string> Parts => [.. Folders().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Parts))]
    public void A_part_uses_no_part_but_those_it_may(string part)
    {
        var forbidden = Folders().Except([part, .. Allowed(part)]).SelectMany(NotShared).Distinct().ToArray();

        var broken =
            from source in SourceFile.Under($"{Root}/{part}")
            from other in forbidden
            where source.UsesType(other.Namespace, other.Type)
            select $"{source} uses {other.Namespace}.{other.Type}";

        Assert.True(!broken.Any(), string.Join('\n', broken));
    }

    [Fact]
    public void Every_part_has_its_place() => Assert.Empty(Folders().Except([.. s_steps, .. s_others.Keys]));

    [Fact]
    public void A_file_lives_in_the_folder_of_its_namespace()
    {
        var astray = SourceFile.Under(Root)
            .Where(source => !source.Code.Contains($"namespace {NamespaceOf(source)};", StringComparison.Ordinal));

        Assert.Empty(astray);
    }

    static string NamespaceOf(SourceFile source) => Path.GetDirectoryName(source.Path)!.Replace('\\', '.').Replace('/', '.');

    static IEnumerable<string> Folders() =>
        SourceFile.Under(Root).Select(source => source.Path.Split('/')).Where(path => path.Length > 2).Select(path => path[1]).Distinct();

    static string[] Allowed(string part) => s_others.TryGetValue(part, out var allowed)
        ? allowed
        : [.. s_foundations, .. s_steps.TakeWhile(step => step != part)];

    static IEnumerable<(string Namespace, string Type)> NotShared(string part)
    {
        var shared = string.Join('|', s_shared.Where(s => s.Part == part).Select(s => s.Types));
        return
            from source in SourceFile.Under($"{Root}/{part}")
            from type in source.DeclaredTypes
            where !Regex.IsMatch(type, $"^({shared})$")
            select (NamespaceOf(source), type);
    }
}

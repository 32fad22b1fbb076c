using System.Xml.Linq;

namespace Gateway.Build;

/// <summary>One spec's result. <paramref name="Outcome"/> is the trx file's own word: Passed, Failed, NotExecuted and rarer ones.</summary>
public sealed record SpecResult(string Name, string Outcome, string? Message);

/// <summary>Reads the results that <c>dotnet test --logger trx</c> writes.</summary>
public static class TrxFile
{
    static readonly XNamespace s_trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public static IReadOnlyList<SpecResult> Read(string path) => Read(XDocument.Load(path));

    public static IReadOnlyList<SpecResult> Read(XDocument trx) =>
    [
        .. trx.Descendants(s_trx + "UnitTestResult").Select(r =>
            new SpecResult((string?)r.Attribute("testName") ?? "?", (string?)r.Attribute("outcome") ?? "?", (string?)r.Descendants(s_trx + "Message").FirstOrDefault())),
    ];
}

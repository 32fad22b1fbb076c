using System.Text.Json;
using System.Xml.Linq;

namespace Gateway.Specs.Audits;

/// <summary>How bad a scanner finds something, in testssl's words, which go from good to bad.</summary>
public enum ScanSeverity
{
    Ok,
    Info,

    /// <summary>The scanner could not find out.</summary>
    Warn,
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>One thing that a scanner says of a port.</summary>
/// <param name="Port">The port's name in the report.</param>
/// <param name="Scanner">Who says so.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Id">What it is about.</param>
/// <param name="Text">What was found.</param>
public sealed record ScanFinding(string Port, string Scanner, ScanSeverity Severity, string Id, string Text)
{
    /// <summary>Whether an audit fails for it.</summary>
    public bool IsTooBad => Severity > ScanSeverity.Low;

    /// <summary>Whether <see cref="Id"/> is the name of a suite that is spoken, as sslscan lists them.</summary>
    public bool IsSuite { get; init; }

    /// <summary>
    /// What testssl wrote with <c>--jsonfile</c>. Throws <see cref="JsonException"/> or <see cref="InvalidDataException"/> for anything else.
    /// </summary>
    public static IReadOnlyList<ScanFinding> OfTestSsl(string port, string json)
    {
        using var document = JsonDocument.Parse(json);
        return
        [
            .. document.RootElement.EnumerateArray().Select(found => new ScanFinding(
                port, "testssl", Severities(Member(found, "severity")), Member(found, "id"), Member(found, "finding"))),
        ];
    }

    /// <summary>What sslscan wrote with <c>--xml=-</c>: it lists what there is, and what of it is bad is said here.</summary>
    /// <param name="port">The port's name.</param>
    /// <param name="xml">All of it.</param>
    /// <param name="versions">The versions of TLS that are meant to be spoken, such as <c>1.3</c>.</param>
    public static IReadOnlyList<ScanFinding> OfSslScan(string port, string xml, IReadOnlyCollection<string> versions)
    {
        var scanned = XDocument.Parse(xml[xml.IndexOf("<?xml", StringComparison.Ordinal)..]).Descendants("ssltest").Single();
        return
        [
            .. Protocols(scanned, versions).Select(Found),
            .. Suites(scanned).Select(f => Found(f) with { IsSuite = true }),
            .. Flaws(scanned).Select(Found),
        ];

        ScanFinding Found((ScanSeverity Severity, string Id, string Text) f) => new(port, "sslscan", f.Severity, f.Id, f.Text);
    }

    static IEnumerable<(ScanSeverity Severity, string Id, string Text)> Protocols(XElement scanned, IReadOnlyCollection<string> versions)
    {
        foreach (var protocol in scanned.Elements("protocol"))
        {
            var (type, version) = ((string)protocol.Attribute("type")!, (string)protocol.Attribute("version")!);
            var (name, isMeant) = ($"{type}{version}", type == "tls" && versions.Contains(version));
            if (Is(protocol, "enabled") != isMeant)
                yield return (ScanSeverity.High, name, isMeant ? "is not offered, but is meant to be" : "is offered, but is not meant to be");
            else
                yield return (ScanSeverity.Ok, name, isMeant ? "offered" : "not offered");
        }
    }

    static IEnumerable<(ScanSeverity Severity, string Id, string Text)> Suites(XElement scanned)
    {
        foreach (var cipher in scanned.Elements("cipher"))
        {
            var strength = (string?)cipher.Attribute("strength");
            var severity = strength is "strong" or "acceptable" ? ScanSeverity.Ok : ScanSeverity.High;
            yield return (severity, (string)cipher.Attribute("cipher")!, $"{strength}, {(string?)cipher.Attribute("bits")} bits");
        }

        if (!scanned.Elements("cipher").Any()) yield return (ScanSeverity.High, "ciphers", "none was found: the scan failed");
    }

    static IEnumerable<(ScanSeverity Severity, string Id, string Text)> Flaws(XElement scanned)
    {
        if (scanned.Elements("heartbleed").Any(t => Is(t, "vulnerable"))) yield return (ScanSeverity.Critical, "heartbleed", "vulnerable");
        if (scanned.Elements("compression").Any(t => Is(t, "supported"))) yield return (ScanSeverity.High, "compression", "supported");
        if (scanned.Elements("renegotiation").Any(t => Is(t, "supported") && !Is(t, "secure")))
            yield return (ScanSeverity.High, "renegotiation", "insecure");
    }

    static ScanSeverity Severities(string word) => word switch
    {
        "OK" => ScanSeverity.Ok,
        "INFO" or "DEBUG" => ScanSeverity.Info,
        "WARN" => ScanSeverity.Warn,
        "LOW" => ScanSeverity.Low,
        "MEDIUM" => ScanSeverity.Medium,
        "HIGH" => ScanSeverity.High,
        "CRITICAL" => ScanSeverity.Critical,
        // FATAL: the scan itself failed, so that nothing is known.
        "FATAL" => ScanSeverity.Critical,
        _ => throw new InvalidDataException($"testssl has no severity {word}"),
    };

    static string Member(JsonElement found, string member) => found.GetProperty(member).GetString()!;

    static bool Is(XElement element, string attribute) => (string?)element.Attribute(attribute) == "1";
}

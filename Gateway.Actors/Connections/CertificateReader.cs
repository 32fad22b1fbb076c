using System.Net;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>Reads one document that declares a certificate.</summary>
sealed class CertificateReader(ConnectionFiles files, IReadOnlyCollection<string> issuers, YamlFaults faults)
{
    /// <summary>Origin: the largest public issuers take a hundred names in one certificate.</summary>
    public const int MostNames = 100;

    /// <summary>Below it, rotation would be most of what a cluster does.</summary>
    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(60);

    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(24);

    static readonly TimeSpan s_longestLifetime = TimeSpan.FromDays(366);

    static readonly string[] s_sources = ["internal", "acme", "files", "imported"];

    static readonly string[] s_files = ["certificateFile", "keyFile"];

    /// <summary>The declaration, or null when the document has a fault.</summary>
    public CertificateProfile? Read(YamlMap document)
    {
        var before = faults.Count;
        var root = new YamlFields(document, "", ConnectionFields.Document, faults);
        ConnectionReader.Expect(root, "apiVersion", ConnectionFields.ApiVersion);
        var metadata = root.RequiredMap("metadata", CertificateFields.Metadata);
        var name = ConnectionReader.Name(metadata);
        var spec = root.RequiredMap("spec", CertificateFields.Spec);
        spec.RequiredText("source");
        var source = Enum.Parse<CertificateOrigin>(spec.Choice("source", s_sources), ignoreCase: true);
        var use = Enum.Parse<CertificateUse>(spec.Choice("use", ["server", "client"]), ignoreCase: true);
        var profile = new CertificateProfile
        {
            Name = name,
            Source = source,
            Names = Names(spec, source),
            Use = use,
            Lifetime = spec.Duration("lifetime", ShortestLifetime, s_longestLifetime, DefaultLifetime),
            Issuer = Issuer(spec, source, use),
            CertificateFile = source == CertificateOrigin.Files ? File(spec, "certificateFile") : null,
            KeyFile = source == CertificateOrigin.Files ? File(spec, "keyFile") : null,
        };
        if (source != CertificateOrigin.Internal && spec.Has("lifetime")) spec.Fault("lifetime", $"has no use: source {s_sources[(int)source]} decides it itself", "remove it");
        if (source != CertificateOrigin.Files) foreach (var file in s_files.Where(spec.Has)) spec.Fault(file, "is for source: files only", "remove it");
        if (files.IsNodes && source != CertificateOrigin.Files)
            spec.Fault("source", "cannot be declared in a node's own file, which no other node reads", "register it with: gateway apply -f");
        return faults.Count == before ? profile : null;
    }

    static IReadOnlyList<string> Names(YamlFields spec, CertificateOrigin source)
    {
        var names = spec.Texts("names");
        if (names.Count == 0 && source != CertificateOrigin.Imported) spec.Fault("names", "is required", "give at least one host name or address");
        spec.Require(names.Count <= MostNames, "names", $"are more than {MostNames}", "declare several certificates");
        foreach (var name in names)
        {
            var isAddress = IPAddress.TryParse(name, out _);
            spec.Require(
                isAddress || ServerNames.IsOne(name), "names", $"\"{name}\" is no host name and no address",
                "write it like gw.example.org, *.example.org or 192.0.2.7");
            if (source == CertificateOrigin.Acme && isAddress) spec.Fault("names", $"\"{name}\" is an address, which ACME servers do not certify here", "give host names");
        }

        return names;
    }

    string? Issuer(YamlFields spec, CertificateOrigin source, CertificateUse use)
    {
        if (source != CertificateOrigin.Acme)
        {
            if (spec.Has("issuer")) spec.Fault("issuer", "is for source: acme only", "remove it");
            return null;
        }

        if (use == CertificateUse.Client) spec.Fault("use", "cannot be client: ACME servers certify host names", "use source: internal, files or imported");
        var issuer = spec.RequiredText("issuer");
        if (issuer.Length > 0 && !issuers.Contains(issuer)) spec.Fault("issuer", "is no ACME issuer of this gateway", NearestName.Remedy(issuer, issuers));
        return issuer;
    }

    // Whether it is there and good is each node's own matter, and may change: what watches it tells.
    string? File(YamlFields spec, string key)
    {
        var name = spec.RequiredText(key);
        if (name.Length == 0) return null;
        var path = files.Place(name, out var problem);
        spec.Report(key, problem);
        return path;
    }
}

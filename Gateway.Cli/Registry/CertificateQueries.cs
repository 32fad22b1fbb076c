using System.Globalization;
using System.Net.Http.Json;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary>What operators ask of managed certificates and do to them. Every method returns an <see cref="ExitCode"/>.</summary>
sealed class CertificateQueries(AdminClient node, CliOutput output)
{
    public async Task<int> ListAsync(bool json, CancellationToken cancel)
    {
        var certificates = await node.GetAsync("/v1/certificates", AdminJson.Default.IReadOnlyListManagedCertificateView, cancel);
        if (json) output.Json(certificates, AdminJson.Indented.IReadOnlyListManagedCertificateView);
        else output.Table(["NAME", "SOURCE", "PHASE", "SERIAL", "NOT AFTER", "NEXT RENEWAL", "HELD", "PROVEN", "STATE"], [.. certificates.Select(Row)]);
        return ExitCode.Ok;
    }

    public async Task<int> ShowAsync(string name, bool json, CancellationToken cancel)
    {
        var shown = await FindAsync(name, cancel);
        if (json)
        {
            output.Json(shown, AdminJson.Indented.ManagedCertificateDetailView);
            return ExitCode.Ok;
        }

        output.Table(["NAME", "SOURCE", "PHASE", "SERIAL", "NOT AFTER", "NEXT RENEWAL", "HELD", "PROVEN", "STATE"], [Row(shown.Certificate)]);
        output.Table(["VERSION", "SERIAL", "ISSUER", "NOT AFTER", "ISSUED", "ACTIVE", "PROVEN"], [.. shown.Versions.Select(Row)]);
        output.Table(["NODE", "NAME", "HOLDS", "PROVES", "PROBLEM"], [.. shown.Nodes.Select(Row)]);
        output.Line($"Declaration at revision {shown.Revision}, by {Printable.Text(shown.By)} at {shown.At}:");
        foreach (var line in shown.Document.TrimEnd('\n').Split('\n')) output.Line($"  {Printable.Text(line)}");
        return ExitCode.Ok;
    }

    public async Task<int> PemAsync(string name, CancellationToken cancel)
    {
        foreach (var line in Presented(name, await FindAsync(name, cancel)).TrimEnd('\n').Split('\n')) output.Line(line);
        return ExitCode.Ok;
    }

    /// <summary>Writes chain and key to a new file.</summary>
    public async Task<int> ExportAsync(string name, string path, CancellationToken cancel)
    {
        var chain = Presented(name, await FindAsync(name, cancel));
        if (File.Exists(path)) throw new CommandException(ExitCode.Usage, $"{Printable.Text(path)} is there already; name a file that is not");
        var key = await node.PostAsync($"{PathOf(name)}/key", null, AdminJson.Default.ExportedKeyView, cancel) ?? throw None(name);
        CertificateFile.Write(path, chain + key.Key);
        output.Line($"{Printable.Text(name)}: chain and key of version {key.Version} are in {Printable.Text(path)}; who did this is recorded");
        return ExitCode.Ok;
    }

    public async Task<int> RotateAsync(string name, bool json, CancellationToken cancel) =>
        Report(name, "a new version is ordered", await node.PostAsync($"{PathOf(name)}/rotate", null, AdminJson.Default.RevisionView, cancel), json);

    public async Task<int> RevokeAsync(string which, string reason, bool json, CancellationToken cancel)
    {
        using var body = JsonContent.Create(new ReasonRequest(reason), AccessRequestJson.Default.ReasonRequest);
        return Report(which, "revoked", await node.PostAsync($"{PathOf(which)}/revoke", body, AdminJson.Default.RevisionView, cancel), json);
    }

    public async Task<int> RemoveAsync(string name, bool json, CancellationToken cancel) =>
        Report(name, "removed", await node.DeleteAsync(PathOf(name), null, AdminJson.Default.RevisionView, cancel), json);

    public async Task<int> ImportAsync(string name, ImportRequest request, bool json, CancellationToken cancel)
    {
        using var body = JsonContent.Create(request, AdminRequestJson.Default.ImportRequest);
        return Report(name, "handed in", await node.PostAsync($"{PathOf(name)}/import", body, AdminJson.Default.RevisionView, cancel), json);
    }

    public async Task<int> HistoryAsync(string name, bool json, CancellationToken cancel)
    {
        var page = await node.GetAsync($"{PathOf(name)}/history", AdminJson.Default.AuditPage, cancel);
        if (json) output.Json(page, AdminJson.Indented.AuditPage);
        else output.Table(["ACT", "AT", "WHO", "NODE", "WHAT", "TARGET", "DETAIL"], [.. page.Acts.Select(Row)]);
        return ExitCode.Ok;
    }

    async Task<ManagedCertificateDetailView> FindAsync(string name, CancellationToken cancel) =>
        await node.FindAsync(PathOf(name), AdminJson.Default.ManagedCertificateDetailView, cancel) ?? throw None(name);

    static string Presented(string name, ManagedCertificateDetailView shown) =>
        shown.Pem ?? throw new CommandException(ExitCode.Failed, $"no version of {Printable.Text(name)} is active yet; see: gateway certs show {Printable.Text(name)}");

    int Report(string name, string what, RevisionView? answer, bool json)
    {
        if (answer is null) throw None(name);
        if (json) output.Json(answer, AdminJson.Indented.RevisionView);
        else output.Line(string.Create(CultureInfo.InvariantCulture, $"certificate {Printable.Text(name)}: {(answer.Changed ? what : "nothing to do")}; the registry is at revision {answer.Revision}"));
        return ExitCode.Ok;
    }

    static string PathOf(string name) => $"/v1/certificates/{Uri.EscapeDataString(name)}";

    static string[] Row(ManagedCertificateView certificate) =>
    [
        certificate.Name, certificate.Source ?? "-", certificate.Phase, certificate.Serial ?? "-", certificate.NotAfter ?? "-", certificate.NextRenewal ?? "-",
        Part(certificate.Holding, certificate.Nodes), Part(certificate.Proving, certificate.Nodes), certificate.Problem ?? certificate.Alarm ?? "ok",
    ];

    static string Part(int some, int all) => string.Create(CultureInfo.InvariantCulture, $"{some}/{all}");

    static string[] Row(CertificateVersionView version) =>
    [
        version.Version.ToString(CultureInfo.InvariantCulture), version.Serial, version.Issuer, version.NotAfter, version.IssuedAt, version.ActivatedAt ?? "-", version.ProvenAt ?? "-",
    ];

    static string[] Row(NodeCertificateView node) => [node.Node, node.Name, node.Holds ? "yes" : "no", node.Proves ? "yes" : "no", node.Problem ?? "-"];

    static string[] Row(AuditView act) => [act.Number.ToString(CultureInfo.InvariantCulture), act.At, act.Who, act.Node, act.Act, act.Target, act.Detail];

    static CommandException None(string name) =>
        new(ExitCode.NotFound, $"there is no certificate {Printable.Text(name)}; list them with: gateway certs list");
}

namespace Gateway.Actors.Connections;

/// <summary>Reads how a leg finds out whether its peer's certificate is revoked.</summary>
static class RevocationReader
{
    public static RevocationRules Read(YamlFields tls, ConnectionFiles files)
    {
        var rule = Enum.Parse<RevocationRule>(tls.Choice("revocation", ["none", "soft", "hard"]), ignoreCase: true);
        if (tls.Text("revocationList") is not { } name) return new RevocationRules(rule, null);
        if (rule == RevocationRule.None) tls.Fault("revocationList", "has no use while revocation is none", "remove it, or write revocation: soft or hard");
        var file = files.PublicFile(name, out var problem);
        tls.Report("revocationList", problem);
        return new RevocationRules(rule, file);
    }
}

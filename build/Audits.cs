namespace Gateway.Build;

/// <summary>What scanners make of a node.</summary>
static class Audits
{
    public const string Tls = "tls";

    /// <summary>The specs read it. Without it they are skipped.</summary>
    const string Wanted = "GATEWAY_AUDIT";

    public static Task<int> Run(string what, CancellationToken cancel) => LongSpecs.Run(
        DebianPackages.ForAudits, "the audit cannot run", (Wanted, what), "Audits.TlsAudit.", $"audit/{what}.txt", cancel);
}

using System.Net;
using Gateway.Actors.Tls.OpenSsl;

namespace Gateway.Actors.Hosting;

/// <summary>The node itself, its place in the cluster, its admin API and its limits.</summary>
static class NodeChecks
{
    const int MaxPort = 65535;

    public static void Check(GatewayOptions options, OptionReport report)
    {
        Node(options.Node, report);
        Cluster(options.Cluster, report);
        Admin(options, report);
        Limits(options.Limits, report);
        Tls(options.Tls, report);
        if (options.ConnectionsFile.Length > 0)
            report.File(nameof(GatewayOptions.ConnectionsFile), ConfiguredFiles.Unreadable(options.ConnectionsFile));
    }

    public static bool IsPlainName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    static void Node(NodeOptions node, OptionReport report)
    {
        report.Require(
            IsPlainName(node.Name), "Node:Name", "must be 1 to 64 letters, digits, dashes, dots or underscores", "give the node a plain name");
        report.Require(node.DataDirectory.Length > 0, "Node:DataDirectory", "is empty", "name a directory");
        report.Require(!File.Exists(node.DataDirectory), "Node:DataDirectory", $"{node.DataDirectory} is a file", "name a directory");
        report.Require(
            node.DrainNotice >= TimeSpan.Zero && node.DrainNotice <= TimeSpan.FromMinutes(10), "Node:DrainNotice", "must be between 0s and 10m", Durations.Examples);
        report.Duration("Node:DrainGrace", node.DrainGrace, TimeSpan.FromDays(1));
    }

    static void Cluster(ClusterOptions cluster, OptionReport report)
    {
        report.Require(
            Uri.CheckHostName(cluster.Host) != UriHostNameType.Unknown, "Cluster:Host", "is neither a host name nor an address",
            "give the address other nodes reach this one by");
        report.Range("Cluster:Port", cluster.Port, 0, MaxPort);
        for (var i = 0; i < cluster.Lighthouses.Count; i++)
        {
            report.Require(HostAndPort.Read(cluster.Lighthouses[i]) is not null, $"Cluster:Lighthouses:{i}", "is not host:port", "write it like lighthouse-0.internal:4053");
            report.Require(
                !cluster.Lighthouses.Take(i).Contains(cluster.Lighthouses[i], StringComparer.OrdinalIgnoreCase),
                $"Cluster:Lighthouses:{i}", "is named twice", "remove one of them");
        }
    }

    static void Admin(GatewayOptions options, OptionReport report)
    {
        var admin = options.Admin;
        report.Require(IPAddress.TryParse(admin.Address, out _), "Admin:Address", "is not an IP address", "use 127.0.0.1, 0.0.0.0 or an address of this machine");
        report.Range("Admin:Port", admin.Port, 0, MaxPort);
        Groups("Admin:AuditorGroups", admin.AuditorGroups, report);
        Groups("Admin:OperatorGroups", admin.OperatorGroups, report);
        Groups("Admin:ViewerGroups", admin.ViewerGroups, report);
        report.Range("Admin:LoginFailures", admin.LoginFailures, 1, 10_000);
        AdminCertificateChecks.Check(admin.ClientCertificates, report);
        if (options.IssuerNames.Count == 0 && admin.ClientCertificates.AuthoritiesFile is null && admin.AuditorGroups.Count + admin.OperatorGroups.Count + admin.ViewerGroups.Count > 0)
            report.AddHidden("Issuers", "is empty although admin groups are set", "add the issuer whose tokens name those groups, or Admin:ClientCertificates");
    }

    static void Tls(TlsOptions tls, OptionReport report)
    {
        report.Require(
            tls.Engine != TlsEngineChoice.OpenSsl || OpenSslEngine.IsAvailable, "Tls:Engine", "needs libssl.so.3 on Linux",
            "install OpenSSL 3, or choose auto");
        if (tls.TicketKeyFile is not { } file) return;
        report.Require(TlsEngines.UsesOpenSsl(tls.Engine), "Tls:TicketKeyFile", "is used by OpenSSL only", "remove it, or choose openssl");
        if (ConfiguredFiles.NotSecret(file) is { } problem) report.File("Tls:TicketKeyFile", problem);
        else if (NoKeys(file) is { } fault) report.Add("Tls:TicketKeyFile", fault, $"head -c {TicketKey.Length} /dev/urandom > {file}");
    }

    static string? NoKeys(string file)
    {
        try
        {
            TicketKeyFile.Read(file);
            return null;
        }
        catch (InvalidDataException fault)
        {
            return fault.Message;
        }
    }

    static void Groups(string setting, IReadOnlyList<string> groups, OptionReport report)
    {
        for (var i = 0; i < groups.Count; i++)
            report.Require(!string.IsNullOrWhiteSpace(groups[i]), $"{setting}:{i}", "is empty", "name a group or remove the entry");
    }

    static void Limits(LimitOptions limits, OptionReport report)
    {
        var longest = TimeSpan.FromMinutes(10);
        report.Range("Limits:Handshakes", limits.Handshakes, 1, 65536);
        report.Range("Limits:HandshakesPerAddress", limits.HandshakesPerAddress, 0, 65536);
        report.Range("Limits:ConnectionsPerSecondPerAddress", limits.ConnectionsPerSecondPerAddress, 0, 65536);
        report.Range("Limits:SessionsPerAddress", limits.SessionsPerAddress, 0, 1_000_000);
        report.Range("Limits:SessionsPerSubject", limits.SessionsPerSubject, 0, 1_000_000);
        BytesPerSecond("Limits:BytesPerSecondPerSubject", limits.BytesPerSecondPerSubject, report);
        BytesPerSecond("Limits:BytesPerSecondPerSession", limits.BytesPerSecondPerSession, report);
        report.Duration("Limits:HandshakeTimeout", limits.HandshakeTimeout, longest);
        report.Duration("Limits:LoginTimeout", limits.LoginTimeout, longest);
        report.Require(
            limits.ExpiryWarning >= TimeSpan.Zero && limits.ExpiryWarning <= TimeSpan.FromDays(1), "Limits:ExpiryWarning", "must be between 0s and 1d",
            Durations.Examples);
        report.Duration("Limits:UpstreamTimeout", limits.UpstreamTimeout, longest);
        report.Range("Limits:RecordingBytesInFlight", limits.RecordingBytesInFlight, 1L << 16, 1L << 36);
    }

    // A read brings up to 64 KiB at once: below 4 KiB a second it would be paid for longer than peers wait for an answer.
    static void BytesPerSecond(string setting, int value, OptionReport report) => report.Require(
        value is 0 or (>= 4096 and <= 1_000_000_000), setting, "must be 0 or between 4096 and 1000000000", "correct the value; 0 sets no limit");
}

namespace Gateway.Lighthouse;

/// <summary>
/// Section <c>Lighthouse</c> of appsettings.json and the environment (<c>Lighthouse__Port=...</c>). Checked whole before a port opens.
/// </summary>
public sealed record LighthouseOptions
{
    public const string Section = "Lighthouse";

    /// <summary>The address other members reach this one by.</summary>
    public required string Host { get; init; }

    /// <summary>Remoting port, mutual TLS.</summary>
    public required int Port { get; init; }

    /// <summary>What operators call it. Default: the machine's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>host:port</c> of all lighthouses, this one included, in the same order on all of them: the first forms the cluster when there is
    /// none. It looks for one at the members that it knew, too.
    /// </summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>PEM files of the certificate and key that remoting presents. Read again when they change.</summary>
    public required string CertificateFile { get; init; }

    public required string KeyFile { get; init; }

    /// <summary>PEM bundle of the authorities whose certificates may join the cluster. Read again when it changes.</summary>
    public required string ClusterAuthoritiesFile { get; init; }

    /// <summary>Where it keeps the addresses of the members it knew, by which it finds its cluster again. Default: <c>data</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Plain HTTP port of <c>/live</c> and <c>/ready</c>; null: none.</summary>
    public required int? HealthPort { get; init; }

    public string Address => $"{Host}:{Port}";
}

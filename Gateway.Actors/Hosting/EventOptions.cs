namespace Gateway.Actors.Hosting;

public sealed record EventOptions
{
    /// <summary>Where events for audit go; the same on every node.</summary>
    public IReadOnlyList<OutletOptions> Outlets { get; init; } = [];
}

/// <summary>One place that is told every event, at least once.</summary>
public sealed record OutletOptions
{
    /// <summary>What operators call it. How far it is told is kept under this name.</summary>
    public string Name { get; init; } = "";

    public OutletKind Kind { get; init; } = OutletKind.Webhook;

    /// <summary><c>host:port</c> of a syslog server; the https URL of a webhook; that of an OTLP collector, <c>/v1/logs</c> included.</summary>
    public string Address { get; init; } = "";

    /// <summary>PEM bundle to verify the server with; null: the system's authorities.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>PEM files of the certificate that a syslog server is shown, and its key; null: none.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>A file with the keys that a webhook's requests are signed with, one a line, all of them at once; required there.</summary>
    public string? SigningKeysFile { get; init; }

    /// <summary>A file with the bearer token that webhook or collector ask for; null: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Events in one batch at most. Origin: of 8 KiB at most each, below the 1 MiB that many servers take as a body.</summary>
    public int BatchSize { get; init; } = 100;
}

public enum OutletKind
{
    /// <summary>RFC 5424 over TLS (RFC 5425).</summary>
    Syslog,

    /// <summary>Signed HTTPS requests.</summary>
    Webhook,

    /// <summary>OTLP logs over HTTPS, as JSON.</summary>
    Otlp,
}

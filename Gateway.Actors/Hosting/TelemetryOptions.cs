namespace Gateway.Actors.Hosting;

public sealed record TelemetryOptions
{
    public OtlpOptions Otlp { get; init; } = new();

    /// <summary>Of a hundred sessions, how many are traced.</summary>
    public int SampledPercent { get; init; } = 100;
}

/// <summary>A collector that takes OTLP over HTTP, as Protobuf.</summary>
public sealed record OtlpOptions
{
    /// <summary>Its https URL without a path, or with the one that <c>/v1/traces</c> is below. Null: nothing is traced.</summary>
    public string? Endpoint { get; init; }

    /// <summary>PEM bundle to verify it with; null: the system's authorities.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>A file with the bearer token that it asks for; null: none.</summary>
    public string? TokenFile { get; init; }
}

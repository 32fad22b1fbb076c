namespace Gateway.Actors.Hosting;

/// <summary>Where spans go.</summary>
static class TelemetryChecks
{
    public static void Check(TelemetryOptions telemetry, OptionReport report)
    {
        report.Range("Telemetry:SampledPercent", telemetry.SampledPercent, 0, 100);
        var otlp = telemetry.Otlp;
        if (otlp.Endpoint is { } endpoint && !IdentityChecks.IsHttps(endpoint))
            report.AddHidden("Telemetry:Otlp:Endpoint", "must be an https URL without query or fragment", "write it like https://collector.example.org:4318");
        if (otlp.Endpoint is null && otlp != new OtlpOptions())
            report.AddHidden("Telemetry:Otlp:Endpoint", "is missing although other settings of it are given", "give the collector's https URL, or none of them");
        if (otlp.AuthoritiesFile is { } bundle) StorageChecks.Bundle("Telemetry:Otlp:AuthoritiesFile", bundle, report);
        BearerTokenFile.Check("Telemetry:Otlp:TokenFile", otlp.TokenFile, report);
    }
}

using Gateway.Actors.Hosting.Events;

namespace Gateway.Actors.Hosting;

/// <summary>The outlets of events.</summary>
static class EventChecks
{
    /// <summary>Origin: an address needs no more; browsers and servers stop at 2 KiB to 8 KiB.</summary>
    const int LongestAddress = 2048;

    public static void Check(EventOptions events, OptionReport report)
    {
        for (var i = 0; i < events.Outlets.Count; i++)
        {
            var (outlet, at) = (events.Outlets[i], $"Events:Outlets:{i}");
            Outlet(outlet, at, report);
            if (outlet.Name.Length > 0 && events.Outlets.Take(i).Any(other => other.Name == outlet.Name))
                report.Add($"{at}:Name", "is the name of another outlet", "give every outlet a name of its own");
        }
    }

    static void Outlet(OutletOptions outlet, string at, OptionReport report)
    {
        report.Require(
            NodeChecks.IsPlainName(outlet.Name), $"{at}:Name", "must be 1 to 64 letters, digits, dashes, dots or underscores",
            "give the outlet the name that metrics and readiness use");
        report.Range($"{at}:BatchSize", outlet.BatchSize, 1, 1000);
        if (outlet.AuthoritiesFile is { } bundle) StorageChecks.Bundle($"{at}:AuthoritiesFile", bundle, report);
        Certificate(outlet, at, report);
        if (outlet.Kind is OutletKind.Syslog) Syslog(outlet, at, report);
        else Https(outlet, at, report);
        SigningKeys(outlet, at, report);
    }

    static void Syslog(OutletOptions outlet, string at, OptionReport report)
    {
        report.Require(HostAndPort.Read(outlet.Address) is not null, $"{at}:Address", "is no host:port", "write it like siem.example.org:6514");
        report.Require(outlet.TokenFile is null, $"{at}:TokenFile", "is of no use to syslog", "remove it; a syslog server knows the gateway by CertificateFile");
    }

    static void Https(OutletOptions outlet, string at, OptionReport report)
    {
        // Hidden: many webhooks have a secret in their path or query.
        if (outlet.Address.Length > LongestAddress || !Uri.TryCreate(outlet.Address, UriKind.Absolute, out var url)
            || url is not { Scheme: "https", UserInfo: "", Fragment: "" })
            report.AddHidden($"{at}:Address", "must be an https URL without user or fragment", "write it like https://siem.example.org/gateway");
        BearerTokenFile.Check($"{at}:TokenFile", outlet.TokenFile, report);
    }

    static void Certificate(OutletOptions outlet, string at, OptionReport report)
    {
        if (outlet is { CertificateFile: null, KeyFile: null }) return;
        if (outlet is not { Kind: OutletKind.Syslog, CertificateFile: { } file, KeyFile: { } key })
        {
            report.AddHidden($"{at}:CertificateFile", "and KeyFile are for a syslog server, both of them", "give both, or neither");
            return;
        }

        using var pair = ConfiguredFiles.WithKey(file, key, out var problem);
        report.File($"{at}:CertificateFile", problem);
    }

    static void SigningKeys(OutletOptions outlet, string at, OptionReport report)
    {
        if (outlet.Kind is not OutletKind.Webhook)
        {
            report.Require(outlet.SigningKeysFile is null, $"{at}:SigningKeysFile", "is for webhooks", "remove it");
            return;
        }

        if (outlet.SigningKeysFile is not { } file)
            report.AddHidden($"{at}:SigningKeysFile", "is required for a webhook: by its signature the server knows the gateway", "name a file with a line whsec_ and 32 random bytes in base 64");
        else if (ConfiguredFiles.NotSecret(file) is { } problem)
            report.File($"{at}:SigningKeysFile", problem);
        else if (OutletSecrets.SigningKeys(file).Count == 0)
            report.Add($"{at}:SigningKeysFile", $"{file} holds no signing keys", "put 1 to 8 lines there, each whsec_ and 24 to 64 random bytes in base 64");
    }
}

using Gateway.Actors.Identify.Saml;

namespace Gateway.Actors.Hosting;

/// <summary>The SAML providers and the tokens people get there.</summary>
static class SamlChecks
{
    public static void Check(GatewayOptions options, OptionReport report)
    {
        var saml = options.Saml;
        report.Duration("Saml:TokenLifetime", saml.TokenLifetime, TimeSpan.FromHours(12));
        if (saml.TokenKeyFile is { } key) report.File("Saml:TokenKeyFile", ConfiguredFiles.NotSecret(key));
        if (saml.Providers.Count == 0) return;
        // Its host is where the browser's cookie goes, and no path is left out of any address.
        report.Require(
            saml.PublicUrl is { } url && IdentityChecks.IsHttps(url) && new Uri(url).AbsolutePath == "/" && !url.EndsWith('/'), "Saml:PublicUrl",
            "must be an https URL without a path", "write it like https://gateway.example.org:8443");
        if (options.Cluster.Lighthouses.Count > 0 && saml.TokenKeyFile is null)
        {
            report.AddHidden(
                "Saml:TokenKeyFile", "is required with Cluster:Lighthouses, because a token of one node counts on all",
                "name the key (PEM, ECDSA P-256) that all nodes share");
        }

        for (var i = 0; i < saml.Providers.Count; i++) Provider(options, saml.Providers[i], i, report);
    }

    static void Provider(GatewayOptions options, SamlProviderOptions provider, int index, OptionReport report)
    {
        var at = $"Saml:Providers:{index}";
        report.Require(
            NodeChecks.IsPlainName(provider.Name), $"{at}:Name", "must be 1 to 64 letters, digits, dashes, dots or underscores",
            "give the provider the name that connections use");
        if (provider.Name.Length > 0 && options.IssuerNames.Take(options.Issuers.Count + index).Contains(provider.Name))
            report.Add($"{at}:Name", "is the name of another issuer or provider", "give it a name of its own");
        report.Require(
            provider.EntityId.Trim() is { Length: > 0 and <= 1024 }, $"{at}:EntityId", "must have 1 to 1024 characters", "take it from the provider's metadata");
        if (!Uri.TryCreate(provider.SingleSignOnUrl, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps || url.UserInfo.Length > 0)
            report.AddHidden($"{at}:SingleSignOnUrl", "must be an https URL", "take it from the provider's metadata, for the binding HTTP-Redirect");
        report.Require(!string.IsNullOrWhiteSpace(provider.GroupsAttribute), $"{at}:GroupsAttribute", "is empty", "name the attribute that lists groups, such as groups");
        report.Require(
            provider.ClockSkew >= TimeSpan.Zero && provider.ClockSkew <= TimeSpan.FromMinutes(5), $"{at}:ClockSkew", "must be between 0s and 5m", Durations.Examples);
        Certificates(provider.CertificatesFile, $"{at}:CertificatesFile", report);
    }

    static void Certificates(string file, string setting, OptionReport report)
    {
        if (file.Length == 0)
        {
            report.Add(setting, "is missing", "name the certificates (PEM) that the provider signs with, from its metadata");
            return;
        }

        var certificates = ConfiguredFiles.Certificates(file, out var problem);
        report.File(setting, problem);
        report.Require(certificates.Count <= SamlLimits.Certificates, setting, $"holds more than {SamlLimits.Certificates} certificates", "keep those in use");
        foreach (var certificate in certificates) certificate.Dispose();
    }
}

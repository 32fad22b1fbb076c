using Microsoft.Extensions.Configuration;

namespace Gateway.Actors.Hosting;

/// <summary>
/// The options with every relative path made absolute, and everything that is wrong with them. Use the options only when nothing is.
/// </summary>
public sealed record CheckedOptions(GatewayOptions Options, IReadOnlyList<ConfigurationFault> Faults);

/// <summary>Binds and checks the whole configuration before a port is bound. Reads files, opens nothing else, changes nothing.</summary>
public static class GatewayOptionsCheck
{
    /// <param name="section">The section <see cref="GatewayOptions.Section"/>.</param>
    /// <param name="contentRoot">The directory that relative paths start from.</param>
    public static CheckedOptions Check(IConfigurationSection section, string contentRoot)
    {
        var faults = new List<ConfigurationFault>();
        var options = Absolute(new StrictBinder(faults).Bind<GatewayOptions>(section), contentRoot);
        var report = new OptionReport(section, faults);
        NodeChecks.Check(options, report);
        StorageChecks.Check(options, report);
        AcmeChecks.Check(options.Certificates, report);
        IdentityChecks.Check(options, report);
        SamlChecks.Check(options, report);
        AnomalyChecks.Check(options.Anomalies, report);
        EventChecks.Check(options.Events, report);
        TelemetryChecks.Check(options.Telemetry, report);
        return new(options, faults);
    }

    static GatewayOptions Absolute(GatewayOptions options, string root) => options with
    {
        ConnectionsFile = Full(options.ConnectionsFile, root)!,
        Node = options.Node with { DataDirectory = Full(options.Node.DataDirectory, root)! },
        Journal = options.Journal with
        {
            ConnectionString = NullIfEmpty(options.Journal.ConnectionString),
            ConnectionStringFile = Full(NullIfEmpty(options.Journal.ConnectionStringFile), root),
            SealKeyFile = Full(NullIfEmpty(options.Journal.SealKeyFile), root),
        },
        Registry = options.Registry with
        {
            KeyFile = Full(NullIfEmpty(options.Registry.KeyFile), root),
            SecretsDirectory = Full(NullIfEmpty(options.Registry.SecretsDirectory), root),
            FormerSealKeysFile = Full(NullIfEmpty(options.Registry.FormerSealKeysFile), root),
        },
        Certificates = options.Certificates with
        {
            CertificateFile = Full(NullIfEmpty(options.Certificates.CertificateFile), root),
            KeyFile = Full(NullIfEmpty(options.Certificates.KeyFile), root),
            ClientAuthorityFile = Full(NullIfEmpty(options.Certificates.ClientAuthorityFile), root),
            ClientAuthorityKeyFile = Full(NullIfEmpty(options.Certificates.ClientAuthorityKeyFile), root),
            ClusterAuthoritiesFile = Full(NullIfEmpty(options.Certificates.ClusterAuthoritiesFile), root),
            Token = new TokenOptions
            {
                ModulePath = Full(NullIfEmpty(options.Certificates.Token.ModulePath), root),
                TokenLabel = NullIfEmpty(options.Certificates.Token.TokenLabel),
                KeyLabel = NullIfEmpty(options.Certificates.Token.KeyLabel),
                PinFile = Full(NullIfEmpty(options.Certificates.Token.PinFile), root),
            },
            RevocationUrl = NullIfEmpty(options.Certificates.RevocationUrl)?.TrimEnd('/'),
            Acme = [.. options.Certificates.Acme.Select(a => a with
            {
                AuthoritiesFile = Full(NullIfEmpty(a.AuthoritiesFile), root),
                Contact = NullIfEmpty(a.Contact),
                ExternalAccountKeyId = NullIfEmpty(a.ExternalAccountKeyId),
                ExternalAccountKeyFile = Full(NullIfEmpty(a.ExternalAccountKeyFile), root),
                PreferredChain = NullIfEmpty(a.PreferredChain),
            })],
        },
        Admin = options.Admin with
        {
            ClientCertificates = options.Admin.ClientCertificates with
            {
                AuthoritiesFile = Full(NullIfEmpty(options.Admin.ClientCertificates.AuthoritiesFile), root),
                RevocationListFile = Full(NullIfEmpty(options.Admin.ClientCertificates.RevocationListFile), root),
            },
        },
        Tls = options.Tls with { TicketKeyFile = Full(NullIfEmpty(options.Tls.TicketKeyFile), root) },
        Telemetry = options.Telemetry with
        {
            Otlp = new OtlpOptions
            {
                Endpoint = NullIfEmpty(options.Telemetry.Otlp.Endpoint)?.TrimEnd('/'),
                AuthoritiesFile = Full(NullIfEmpty(options.Telemetry.Otlp.AuthoritiesFile), root),
                TokenFile = Full(NullIfEmpty(options.Telemetry.Otlp.TokenFile), root),
            },
        },
        Events = new EventOptions
        {
            Outlets = [.. options.Events.Outlets.Select(o => o with
            {
                AuthoritiesFile = Full(NullIfEmpty(o.AuthoritiesFile), root),
                CertificateFile = Full(NullIfEmpty(o.CertificateFile), root),
                KeyFile = Full(NullIfEmpty(o.KeyFile), root),
                SigningKeysFile = Full(NullIfEmpty(o.SigningKeysFile), root),
                TokenFile = Full(NullIfEmpty(o.TokenFile), root),
            })],
        },
        Saml = options.Saml with
        {
            PublicUrl = NullIfEmpty(options.Saml.PublicUrl),
            TokenKeyFile = Full(NullIfEmpty(options.Saml.TokenKeyFile), root),
            Providers = [.. options.Saml.Providers.Select(p => p with { CertificatesFile = Full(p.CertificatesFile, root)!, NameAttribute = NullIfEmpty(p.NameAttribute) })],
        },
        Issuers = [.. options.Issuers.Select(i => i with
        {
            AuthoritiesFile = Full(NullIfEmpty(i.AuthoritiesFile), root),
            CliClientId = NullIfEmpty(i.CliClientId),
            CliResource = NullIfEmpty(i.CliResource),
        })],
    };

    static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    static string? Full(string? path, string root) => string.IsNullOrEmpty(path) ? path : Path.GetFullPath(path, root);
}

/// <summary>Collects faults by setting and looks up what was written there.</summary>
sealed class OptionReport(IConfigurationSection section, List<ConfigurationFault> faults)
{
    public void Add(string setting, string problem, string remedy) => faults.Add(new(Path(setting), section[setting], problem, remedy));

    /// <summary>For settings whose value is a secret or says nothing.</summary>
    public void AddHidden(string setting, string problem, string remedy) => faults.Add(new(Path(setting), null, problem, remedy));

    public void Require(bool holds, string setting, string problem, string remedy)
    {
        if (!holds) Add(setting, problem, remedy);
    }

    public void File(string setting, FileProblem? problem)
    {
        if (problem is { } found) Add(setting, found.Problem, found.Remedy);
    }

    public void Range(string setting, long value, long least, long most) =>
        Require(value >= least && value <= most, setting, $"must be between {least} and {most}", "correct the value");

    public void Duration(string setting, TimeSpan value, TimeSpan most) => Require(
        value > TimeSpan.Zero && value <= most, setting, $"must be longer than 0s and at most {Durations.Write(most)}", Durations.Examples);

    string Path(string setting) => $"{section.Path}:{setting}";
}

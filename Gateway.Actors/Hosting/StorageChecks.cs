using System.Data.Common;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Connections;
using Gateway.Actors.Registry;
using Gateway.Actors.Replay;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gateway.Actors.Hosting;

/// <summary>The journal and the certificates: what the node keeps and what it proves itself with.</summary>
static class StorageChecks
{
    public static void Check(GatewayOptions options, OptionReport report)
    {
        Journal(options.Journal, report);
        Certificates(options.Certificates, report);
        Registry(options.Registry, report);
        if (options.Cluster.Lighthouses.Count == 0) return;
        if (options.Certificates.CertificateFile is null)
        {
            report.AddHidden(
                "Certificates:CertificateFile", "is required with Cluster:Lighthouses, because nodes prove themselves to each other",
                "name the node's certificate chain (PEM)");
        }

        if (options.Journal.SealKeyFile is null)
        {
            report.AddHidden(
                "Journal:SealKeyFile", "is required with Cluster:Lighthouses, because any node may seal another's recordings",
                "name the key (PEM, ECDSA P-256) that all nodes share");
        }

        if (options.Registry.KeyFile is null)
        {
            report.AddHidden(
                "Registry:KeyFile", "is required with Cluster:Lighthouses, because every node opens the secrets that are registered on any",
                "name the key (32 random bytes in base 64) that all nodes share");
        }
    }

    static void Journal(JournalOptions journal, OptionReport report)
    {
        if (journal.ConnectionString is not null && journal.ConnectionStringFile is not null)
            report.AddHidden("Journal:ConnectionString", "is given together with ConnectionStringFile", "keep one of them");
        if (journal is { Provider: JournalProvider.PostgreSql, ConnectionString: null, ConnectionStringFile: null })
            report.AddHidden("Journal:ConnectionString", "is missing for PostgreSql", "give it, or a ConnectionStringFile");
        if (journal.ConnectionString is { } text && !IsConnectionString(journal.Provider, text))
            report.AddHidden("Journal:ConnectionString", $"is no connection string for {journal.Provider}", "correct it");
        if (journal.ConnectionStringFile is { } file) report.File("Journal:ConnectionStringFile", ConfiguredFiles.NotSecret(file));
        if (journal.SealKeyFile is { } key) report.File("Journal:SealKeyFile", ConfiguredFiles.NotSecret(key));
    }

    static bool IsConnectionString(JournalProvider provider, string text)
    {
        try
        {
            DbConnectionStringBuilder builder = provider is JournalProvider.PostgreSql ? new NpgsqlConnectionStringBuilder() : new SqliteConnectionStringBuilder();
            builder.ConnectionString = text;
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    static void Certificates(CertificateOptions certificates, OptionReport report)
    {
        Names(certificates.Names, report);
        report.Require(
            certificates.NodeCertificate is null || RegistryDecisions.IsName(certificates.NodeCertificate), "Certificates:NodeCertificate",
            "is no certificate's name", "give the name of a registered certificate: lower-case letters, digits and dashes");
        ClientAuthority(certificates, report);
        if (certificates.CertificateFile is null)
        {
            if (certificates.KeyFile is not null)
                report.Add("Certificates:KeyFile", "is given without CertificateFile", "give both, or neither");
            if (certificates.ClusterAuthoritiesFile is not null)
                report.Add("Certificates:ClusterAuthoritiesFile", "is given without CertificateFile", "give all three, or none");
            return;
        }

        if (certificates.KeyFile is null)
            report.AddHidden("Certificates:KeyFile", "is missing although CertificateFile is given", "name the private key (PEM)");
        else
            KeyPair(certificates.CertificateFile, certificates.KeyFile, report);
        if (certificates.ClusterAuthoritiesFile is { } bundle)
            Bundle("Certificates:ClusterAuthoritiesFile", bundle, report);
        else
            report.AddHidden("Certificates:ClusterAuthoritiesFile", "is missing although CertificateFile is given", "name the bundle (PEM) that nodes are verified with");
    }

    static void ClientAuthority(CertificateOptions certificates, OptionReport report)
    {
        report.Duration("Certificates:ClientCertificateLifetime", certificates.ClientCertificateLifetime, TimeSpan.FromDays(1));
        var (file, keyFile) = (certificates.ClientAuthorityFile, certificates.ClientAuthorityKeyFile);
        if (file is null && keyFile is null) return;
        if (file is null) report.Add("Certificates:ClientAuthorityKeyFile", "is given without ClientAuthorityFile", "give both, or neither");
        if (keyFile is null) report.Add("Certificates:ClientAuthorityFile", "is given without ClientAuthorityKeyFile", "give both, or neither");
        if (file is null || keyFile is null) return;
        if (ConfiguredFiles.NotSecret(keyFile) is { } unsafeKey)
        {
            report.File("Certificates:ClientAuthorityKeyFile", unsafeKey);
            return;
        }

        using var authority = ConfiguredFiles.WithKey(file, keyFile, out var problem);
        report.File("Certificates:ClientAuthorityFile", problem);
        report.Require(
            authority is null || IsAuthority(authority), "Certificates:ClientAuthorityFile", "is no authority's certificate",
            "give one with basicConstraints CA:TRUE");
        report.Require(
            authority is null || !IsClusters(authority, certificates), "Certificates:ClientAuthorityFile",
            "is an authority of the cluster: whoever is issued a certificate could become a node", "make another authority for clients");
    }

    static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    static bool IsClusters(X509Certificate2 authority, CertificateOptions certificates) => certificates.ClusterAuthoritiesFile is { } bundle
        && ConfiguredFiles.Certificates(bundle, out _).Any(clusters => clusters.RawDataMemory.Span.SequenceEqual(authority.RawDataMemory.Span));

    static void KeyPair(string certificate, string key, OptionReport report)
    {
        if (ConfiguredFiles.NotSecret(key) is { } unsafeKey)
        {
            report.File("Certificates:KeyFile", unsafeKey);
            Bundle("Certificates:CertificateFile", certificate, report);
            return;
        }

        using var pair = ConfiguredFiles.WithKey(certificate, key, out var problem);
        report.File("Certificates:CertificateFile", problem);
    }

    static void Names(IReadOnlyList<string> names, OptionReport report)
    {
        report.Require(names.Count > 0, "Certificates:Names", "is empty", "name at least one host or address");
        for (var i = 0; i < names.Count; i++)
        {
            report.Require(
                ServerNames.IsOne(names[i]) || IPAddress.TryParse(names[i], out _), $"Certificates:Names:{i}", "is neither a host name nor an address",
                "correct the name");
        }
    }

    static void Registry(RegistryOptions registry, OptionReport report)
    {
        if (registry.KeyFile is { } key) report.File("Registry:KeyFile", ConfiguredFiles.NotSecret(key));
        if (registry.SecretsDirectory is { } directory)
            report.Require(Directory.Exists(directory), "Registry:SecretsDirectory", $"{directory} is no directory", "create it or correct the path");
        if (registry.FormerSealKeysFile is { } former) PublicKeys("Registry:FormerSealKeysFile", former, report);
    }

    static void PublicKeys(string setting, string path, OptionReport report)
    {
        if (ConfiguredFiles.Unreadable(path) is { } problem)
        {
            report.File(setting, problem);
            return;
        }

        try
        {
            SealPublicKeys.FromPem(File.ReadAllText(path)).Dispose();
        }
        catch (InvalidDataException e)
        {
            report.Add(setting, $"{path} holds no seal keys ({e.Message.TrimEnd('.')})", "give the public parts (PEM), one after the other");
        }
    }

    internal static void Bundle(string setting, string path, OptionReport report)
    {
        var certificates = ConfiguredFiles.Certificates(path, out var problem);
        foreach (var certificate in certificates) certificate.Dispose();
        report.File(setting, problem);
    }
}

using Microsoft.Extensions.Configuration;

namespace Gateway.Lighthouse;

/// <summary>Reads the options and says everything that is wrong with them, one line each. Opens nothing but the files they name.</summary>
public static class LighthouseOptionsCheck
{
    const int DefaultPort = 4053;
    const string DefaultDirectory = "data";

    /// <summary>Use the options only when there are no faults.</summary>
    public static LighthouseOptions Check(IConfigurationSection section, out IReadOnlyList<string> faults)
    {
        var settings = new SettingsReader(section);
        var options = new LighthouseOptions
        {
            Host = settings.Text("Host", null, "give the address other members reach this lighthouse by"),
            Port = settings.Port("Port") ?? DefaultPort,
            Name = settings.Text("Name", Environment.MachineName, ""),
            Seeds = settings.List("Seeds"),
            CertificateFile = settings.Text("CertificateFile", null, "name the PEM file of this lighthouse's certificate"),
            KeyFile = settings.Text("KeyFile", null, "name the PEM file of the certificate's key"),
            ClusterAuthoritiesFile = settings.Text("ClusterAuthoritiesFile", null, "name the PEM bundle of the cluster's authorities"),
            DataDirectory = settings.Text("DataDirectory", DefaultDirectory, ""),
            HealthPort = settings.Port("HealthPort"),
        };
        settings.RefuseUnknown();
        Members(options, settings);
        Files(options, settings);
        faults = settings.Faults;
        return options;
    }

    static void Members(LighthouseOptions options, SettingsReader settings)
    {
        settings.Require(options.Host is "" || KnownMembers.IsHost(options.Host), "Host", "is neither a host name nor an address", "correct the value");
        settings.Require(
            options.Name.Length is > 0 and <= 64 && options.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'),
            "Name", "must be 1 to 64 letters, digits, dashes, dots or underscores", "give the lighthouse a plain name");
        settings.Require(options.HealthPort != options.Port, "HealthPort", "is the remoting port", "choose another one");
        for (var i = 0; i < options.Seeds.Count; i++)
            settings.Require(KnownMembers.IsHostAndPort(options.Seeds[i]), $"Seeds:{i}", "is not host:port", "write it like lighthouse-0.internal:4053");
        settings.Require(
            options.Host is "" || options.Seeds.Contains(options.Address, StringComparer.OrdinalIgnoreCase),
            "Seeds", $"does not name this lighthouse, {options.Address}", "list all lighthouses, in the same order on all of them");
    }

    static void Files(LighthouseOptions options, SettingsReader settings)
    {
        settings.Require(!File.Exists(options.DataDirectory), "DataDirectory", "is a file", "name a directory");
        // What is not set was reported as such.
        if (options.KeyFile is not "")
        {
            settings.Require(
                CertificateFiles.IsSecret(options.KeyFile),
                "KeyFile", "can be read by its group or by everybody", $"chmod 600 {options.KeyFile}");
        }

        if (options.CertificateFile is not "" && options.KeyFile is not "")
        {
            settings.Require(
                CertificateFiles.TryRead(options.CertificateFile, options.KeyFile) is not null,
                "CertificateFile", $"holds no certificate (PEM) that {options.KeyFile} is the unencrypted key of",
                "name files that exist and belong together");
        }

        if (options.ClusterAuthoritiesFile is not "")
        {
            settings.Require(
                CertificateFiles.TryReadAuthorities(options.ClusterAuthoritiesFile) is not null,
                "ClusterAuthoritiesFile", "holds no certificate (PEM)", "name a file that exists and holds the authorities");
        }
    }
}

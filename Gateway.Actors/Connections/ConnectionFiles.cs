using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Connections;

/// <summary>
/// What a connection's document means where it names a file or a variable. The connections file of a node is its administrator's and may name any.
/// What operators register is not: who may register a connection could otherwise have the node send any of its files, as a password, to an
/// upstream of their choice.
/// </summary>
public sealed class ConnectionFiles
{
    /// <summary>How the variables begin whose values registered connections may use.</summary>
    public const string VariablePrefix = "GATEWAY_SECRET_";

    const string PemStart = "-----BEGIN ";

    readonly string? _directory;
    readonly bool _isRegistered;
    readonly IReadOnlyDictionary<string, string> _sent;

    ConnectionFiles(string? directory, bool isRegistered, IReadOnlyDictionary<string, string> sent) =>
        (_directory, _isRegistered, _sent) = (directory, isRegistered, sent);

    /// <summary>Those of a node's connections file, whose relative paths start from its directory.</summary>
    public static ConnectionFiles OfNode(string directory) => new(directory, isRegistered: false, new Dictionary<string, string>());

    /// <summary>Those of a registered connection.</summary>
    /// <param name="secretsDirectory">Where its secret files must lie; null: it may name none.</param>
    /// <param name="sent">Public files that came along with the document, by the name it uses.</param>
    public static ConnectionFiles OfRegistry(string? secretsDirectory, IReadOnlyDictionary<string, string>? sent = null) =>
        new(secretsDirectory, isRegistered: true, sent ?? new Dictionary<string, string>());

    public static bool IsPem(string text) => text.StartsWith(PemStart, StringComparison.Ordinal);

    /// <summary>The PEM text that is meant, when it is known without a file of this machine.</summary>
    public string? PemOf(string text) => IsPem(text) ? text : _sent.GetValueOrDefault(text);

    /// <summary>The certificates of a PEM bundle; never empty without a problem.</summary>
    public X509Certificate2Collection Certificates(string text, out FileProblem? problem)
    {
        if (PemOf(text) is { } pem) return Imported(pem, out problem);
        if (!_isRegistered) return ConfiguredFiles.Certificates(Path.GetFullPath(text, _directory!), out problem);
        problem = new("is a file that did not come along", "send it with the document, as gateway apply does, or write the PEM itself");
        return [];
    }

    /// <summary>A file that is read while the connection is in use and need not be secret; null with a problem.</summary>
    public string? PublicFile(string text, out FileProblem? problem)
    {
        problem = new("is a file of the node, which a registered connection cannot name", "let the responder that the certificates name be asked, without a list");
        if (_isRegistered) return null;
        var path = Path.GetFullPath(text, _directory!);
        problem = ConfiguredFiles.Unreadable(path);
        return problem is null ? path : null;
    }

    /// <summary>The certificate with the private key of a secret file; null with a problem.</summary>
    public X509Certificate2? WithKey(string certificate, string keyPath, out FileProblem? problem)
    {
        if (PemOf(certificate) is not { } pem)
        {
            if (!_isRegistered) return ConfiguredFiles.WithKey(Path.GetFullPath(certificate, _directory!), keyPath, out problem);
            Certificates(certificate, out problem);
            return null;
        }

        problem = ConfiguredFiles.NotSecret(keyPath);
        if (problem is not null) return null;
        try
        {
            return X509Certificate2.CreateFromPem(pem, File.ReadAllText(keyPath));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            problem = new($"{keyPath} is not the private key (PEM, unencrypted) of the certificate", "name the certificate and key that belong together");
            return null;
        }
    }

    /// <summary>True for a node's own file, whose administrator may name any file and who speaks for that node alone.</summary>
    public bool IsNodes => !_isRegistered;

    /// <summary>The full path of a file that only its owner may read; null with a problem.</summary>
    public string? Secret(string name, out FileProblem? problem)
    {
        if (Place(name, out problem) is not { } path) return null;
        problem = ConfiguredFiles.NotSecret(path);
        return problem is null ? path : null;
    }

    /// <summary>Where a file of the node is, there or not: below its directory of secrets for a registered document; null with a problem.</summary>
    public string? Place(string name, out FileProblem? problem)
    {
        problem = null;
        if (_directory is null)
        {
            problem = new("is a file of the node, which registered documents may not name", "use passwordSecret for a password, or set Gateway:Registry:SecretsDirectory on the nodes");
            return null;
        }

        var path = Path.GetFullPath(name, _directory);
        var isInside = path.StartsWith(Path.TrimEndingDirectorySeparator(_directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!_isRegistered || isInside) return path;
        problem = new("lies outside the nodes' directory of secrets", "name a file inside Gateway:Registry:SecretsDirectory");
        return null;
    }

    /// <summary>Null when the document may use that variable.</summary>
    public FileProblem? ForbiddenVariable(string name) => !_isRegistered || name.StartsWith(VariablePrefix, StringComparison.Ordinal)
        ? null
        : new("is a variable that registered connections may not use", $"use one whose name begins with {VariablePrefix}");

    static X509Certificate2Collection Imported(string pem, out FileProblem? problem)
    {
        var certificates = new X509Certificate2Collection();
        problem = null;
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        if (certificates.Count == 0) problem = new("holds no valid certificate", "give one or more certificates in PEM");
        return certificates;
    }
}

/// <summary>Fields that name files.</summary>
static class YamlFileFields
{
    public static X509Certificate2Collection Certificates(this YamlFields fields, string key, ConnectionFiles files)
    {
        if (fields.Text(key) is not { } text) return [];
        var certificates = files.Certificates(text, out var problem);
        fields.Report(key, problem);
        return certificates;
    }

    /// <summary>The full path of a secret file; null when there is none or it cannot be used.</summary>
    public static string? Secret(this YamlFields fields, string key, ConnectionFiles files)
    {
        if (fields.Text(key) is not { } name) return null;
        var path = files.Secret(name, out var problem);
        fields.Report(key, problem);
        return path;
    }

    /// <summary>The name of a managed certificate; null when there is none.</summary>
    public static string? CertificateName(this YamlFields fields, string key)
    {
        if (fields.Text(key) is not { } name) return null;
        fields.Require(ConnectionReader.IsPlainName(name), key, ConnectionReader.NameRule, "name a certificate that is registered, not a file");
        return name;
    }

    public static void Report(this YamlFields fields, string key, FileProblem? problem)
    {
        if (problem is { } found) fields.Fault(key, found.Problem, found.Remedy);
    }
}

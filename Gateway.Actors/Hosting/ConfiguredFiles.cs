using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Actors.Hosting;

/// <summary>What can be wrong with a file that configuration names, and what to do about it.</summary>
public readonly record struct FileProblem(string Problem, string Remedy);

/// <summary>Looks at the files that configuration names, before anything depends on them.</summary>
public static class ConfiguredFiles
{
    /// <summary>Null when the file can be read.</summary>
    public static FileProblem? Unreadable(string path)
    {
        if (Directory.Exists(path)) return new($"{path} is a directory", "name a file");
        if (!File.Exists(path)) return new($"{path} does not exist", "create the file or correct the path");
        try
        {
            using var opened = File.OpenRead(path);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new($"{path} cannot be read", "let the gateway's user read it");
        }
    }

    /// <summary>Null when the file can be read, and by nobody whom <see cref="SecretFileMode"/> does not allow.</summary>
    public static FileProblem? NotSecret(string path)
    {
        if (Unreadable(path) is { } problem) return problem;
        if (SecretFileMode.IsSecret(path)) return null;
        return new($"{path} can be read by its group or by everybody", $"chmod 600 {path}");
    }

    /// <summary>
    /// Another one whenever the file has changed. The content, not the time of writing: where a directory of secrets is swapped by a symbolic link, the
    /// file's own time says nothing. What is wrong with a file that has none, opening it tells.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">A larger one, in bytes, is not read.</param>
    public static string Fingerprint(string path, long largest = long.MaxValue)
    {
        try
        {
            return new FileInfo(path).Length <= largest ? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))) : "too large";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    /// <summary>The certificates of a PEM bundle; never empty without a problem.</summary>
    public static X509Certificate2Collection Certificates(string path, out FileProblem? problem)
    {
        var certificates = new X509Certificate2Collection();
        problem = Unreadable(path);
        if (problem is not null) return certificates;
        try
        {
            certificates.ImportFromPemFile(path);
            if (certificates.Count == 0) problem = NoCertificates(path);
        }
        catch (CryptographicException)
        {
            problem = NoCertificates(path);
        }

        return certificates;
    }

    /// <summary>The certificate of a PEM file with the private key of another; null with a problem.</summary>
    public static X509Certificate2? WithKey(string certificatePath, string keyPath, out FileProblem? problem)
    {
        Certificates(certificatePath, out problem);
        problem ??= NotSecret(keyPath);
        if (problem is not null) return null;
        try
        {
            return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            problem = new($"{keyPath} is not the private key (PEM, unencrypted) of {certificatePath}", "name the certificate and key that belong together");
            return null;
        }
    }

    static FileProblem NoCertificates(string path) => new($"{path} holds no valid certificate", "give one or more certificates in PEM");
}

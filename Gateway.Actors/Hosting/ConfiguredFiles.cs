using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Actors.Hosting;

/// <summary>What can be wrong with a file that configuration names, and what to do about it.</summary>
public readonly record struct FileProblem(string Problem, string Remedy);

/// <summary>Looks at the files that configuration names, before anything depends on them.</summary>
public static class ConfiguredFiles
{
    /// <summary>Bytes of certificates and keys. Origin: a bundle of all public authorities is about 220 KiB.</summary>
    const long LargestPem = 4 * 1024 * 1024;

    /// <summary>Bytes of a secret. Origin: MQTT, Kafka and PostgreSQL passwords are at most 64 KiB; a larger file is not a password.</summary>
    const int LargestSecret = 64 * 1024;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    const int Piece = 16 * 1024;

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

    /// <summary>A password or key, which is all of a file but for the line end behind it; null where there is a problem.</summary>
    public static string? Secret(string path, out FileProblem? problem)
    {
        problem = NotSecret(path);
        if (problem is not null) return null;
        try
        {
            if (Bytes(path, LargestSecret) is { } bytes) return WithoutLineEnd(s_strict.GetString(bytes));
            problem = new($"{path} is larger than {LargestSecret} bytes", "name a file that holds the secret alone");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            problem = new($"{path} cannot be read as UTF-8 text", "correct the file");
        }

        return null;
    }

    /// <summary>Editors, and commands such as echo, end a text with a line end, which nobody means as part of a secret.</summary>
    public static string WithoutLineEnd(string text)
    {
        if (text.EndsWith('\n')) text = text[..^1];
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    /// <summary>
    /// Another one whenever the file has changed. The content, not the time of writing: where a directory of secrets is swapped by a symbolic link, the
    /// file's own time says nothing. What is wrong with a file that has none, opening it tells.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="largest">A larger one, in bytes, is not read.</param>
    public static string Fingerprint(string path, long largest = LargestPem)
    {
        try
        {
            return Bytes(path, largest) is { } content ? Convert.ToHexString(SHA256.HashData(content)) : "too large";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "unreadable";
        }
    }

    /// <summary>
    /// The whole of a file; null where it has more than <paramref name="most"/> bytes. They are counted while they are read: a symbolic link has a length of
    /// its own, which says nothing of what it leads to. Throws as <see cref="File.OpenRead"/> does.
    /// </summary>
    public static byte[]? Bytes(string path, long most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        using var content = new MemoryStream();
        var piece = new byte[Piece];
        while (file.Read(piece) is > 0 and var count)
        {
            if (content.Length + count > most) return null;
            content.Write(piece, 0, count);
        }

        return content.ToArray();
    }

    /// <summary>The same as text: UTF-8, unless a byte order mark says otherwise.</summary>
    public static string? Text(string path, long most)
    {
        if (Bytes(path, most) is not { } bytes) return null;
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }

    /// <summary>The certificates of a PEM bundle; never empty without a problem.</summary>
    public static X509Certificate2Collection Certificates(string path, out FileProblem? problem)
    {
        var certificates = new X509Certificate2Collection();
        if (Pem(path, out problem) is not { } text) return certificates;
        try
        {
            certificates.ImportFromPem(text);
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
        if (Pem(certificatePath, out problem) is not { } certificate || Pem(keyPath, out problem) is not { } key) return null;
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            problem = new($"{keyPath} is not the private key (PEM, unencrypted) of {certificatePath}", "name the certificate and key that belong together");
            return null;
        }
    }

    /// <summary>A certificate with its key as TLS presents it, with what else its file holds sent along; null with a problem.</summary>
    public static SslStreamCertificateContext? Presented(string certificatePath, string keyPath, out FileProblem? problem)
    {
        if (WithKey(certificatePath, keyPath, out problem) is not { } certificate) return null;
        var sent = Certificates(certificatePath, out problem);
        // Offline: nothing is downloaded to complete what is sent along.
        if (problem is null) return SslStreamCertificateContext.Create(certificate, sent, offline: true);
        certificate.Dispose();
        return null;
    }

    // As much as a fingerprint looks at: what it passes over would be taken once, and never again when it has changed.
    static string? Pem(string path, out FileProblem? problem)
    {
        problem = Unreadable(path);
        if (problem is not null) return null;
        var text = Text(path, LargestPem);
        if (text is null) problem = new($"{path} is larger than {LargestPem} bytes", "leave nothing in it but what is used");
        return text;
    }

    static FileProblem NoCertificates(string path) => new($"{path} holds no valid certificate", "give one or more certificates in PEM");
}

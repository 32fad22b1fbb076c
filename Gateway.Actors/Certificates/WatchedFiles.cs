using System.Security.Cryptography;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;

namespace Gateway.Actors.Certificates;

/// <summary>
/// A certificate that somebody else keeps in files on this node. Changed files are judged before they replace anything; faulty ones (half written, say)
/// change nothing, and say so until they are mended. Immutable: each look makes the next one.
/// </summary>
/// <param name="Good">The last that was good; null before any.</param>
/// <param name="Problem">What is wrong with the files as they are now; empty for nothing.</param>
/// <param name="Fingerprint">Of the files as they were looked at.</param>
sealed record WatchedFiles(HeldVersion? Good, string Problem, string Fingerprint)
{
    public static readonly WatchedFiles None = new(null, "", "");

    /// <summary>Origin: a chain of eight certificates of 32 KiB in PEM, and as much again.</summary>
    const int Largest = 512 * 1024;

    /// <summary>Looks again; the same one when nothing has changed.</summary>
    public WatchedFiles Look(CertificateProfile profile, DateTimeOffset now)
    {
        var fingerprint = $"{ConfiguredFiles.Fingerprint(profile.CertificateFile!, Largest)} {ConfiguredFiles.Fingerprint(profile.KeyFile!, Largest)}";
        // What was not valid yet may be by now.
        if (fingerprint == Fingerprint && Problem.Length == 0) return this;
        var opened = Open(profile, now, out var problem);
        if (opened is null) return fingerprint == Fingerprint && problem == Problem ? this : new WatchedFiles(Good, problem!, fingerprint);
        var facts = CertificateFacts.Of(opened.Certificate);
        // Its life is counted from its own beginning: nobody here issued it.
        var held = new HeldVersion((Good?.Number ?? 0) + 1, CertificateStore.Context(opened), facts, Protocols.Journal.UnixMicros.Of(facts.NotBefore), "");
        return new WatchedFiles(held, "", fingerprint);
    }

    static PresentedChain? Open(CertificateProfile profile, DateTimeOffset now, out string? problem)
    {
        var (certificateFile, keyFile) = (profile.CertificateFile!, profile.KeyFile!);
        if ((ConfiguredFiles.Unreadable(certificateFile) ?? ConfiguredFiles.NotSecret(keyFile)) is { } fault)
        {
            problem = $"cannot be taken from its files: {fault.Problem}; {fault.Remedy}";
            return null;
        }

        byte[]? key = null;
        try
        {
            if (ConfiguredFiles.Text(certificateFile, Largest) is not { } chain || Pems.Certificates(chain) is not { } certificates)
            {
                problem = $"cannot be taken from its files: {certificateFile} holds no certificates in PEM";
                return null;
            }

            key = ConfiguredFiles.Text(keyFile, Largest) is { } text ? Pems.Key(text) : null;
            if (key is not null) return ChainCheck.Open(certificates, key, profile.Names, profile.Use, now, out problem);
            problem = $"cannot be taken from its files: {keyFile} holds no unencrypted private key in PEM";
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be taken from its files: they cannot be read ({e.GetType().Name})";
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}

using System.Text;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Reads the gateway's own credentials when a session needs them, so that a changed file is enough to change them. What goes wrong is
/// told without the secret.
/// </summary>
public sealed class UpstreamSecrets
{
    /// <summary>
    /// Bytes of a password file. Origin: MQTT, Kafka and PostgreSQL passwords are at most 64 KiB; a larger file is not a password.
    /// </summary>
    const int MaxBytes = 64 * 1024;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public async Task<Verdict<UpstreamCredentials>> ReadAsync(UpstreamLogin login, CancellationToken cancel)
    {
        if (login.PasswordFile is not { } file) return new UpstreamCredentials(login.UserName, null);
        if (ConfiguredFiles.NotSecret(file) is { } problem) return Fault($"{problem.Problem}; {problem.Remedy}");
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
                return Fault($"{file} is larger than {MaxBytes} bytes; name a file that holds the password alone");
            var text = s_strict.GetString(await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false));
            return new UpstreamCredentials(login.UserName, WithoutLineEnd(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return Fault($"{file} cannot be read as UTF-8 text; correct the file");
        }
    }

    // Editors end a file with a line end, which nobody means as part of the password.
    static string WithoutLineEnd(string text)
    {
        if (text.EndsWith('\n')) text = text[..^1];
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static Refused Fault(string detail) => new(Refusal.InternalFault, $"the upstream's password: {detail}");
}

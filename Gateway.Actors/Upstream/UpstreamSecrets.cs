using System.Text;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Gateway.Protocols.Masking;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Reads the gateway's own credentials when a session needs them, so that a changed file or registered secret is enough to change
/// them. What goes wrong is told without the secret.
/// </summary>
public sealed class UpstreamSecrets(IRegisteredSecrets registered, UpstreamTokens tokens)
{
    /// <summary>
    /// Bytes of a secret's file. Origin: MQTT, Kafka and PostgreSQL passwords are at most 64 KiB; a larger file is not a password.
    /// </summary>
    const int MaxBytes = 64 * 1024;

    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    public async Task<Verdict<UpstreamCredentials>> ReadAsync(UpstreamLogin login, CancellationToken cancel)
    {
        if (login.OAuth is { } client) return await ReadTokenAsync(login, client, cancel).ConfigureAwait(false);
        if (login.Password is not { } place) return new UpstreamCredentials(login.UserName, null);
        var password = await OpenAsync(place, cancel).ConfigureAwait(false);
        if (password.IsGranted) return new UpstreamCredentials(login.UserName, password.Value) { Mechanism = login.Mechanism };
        var detail = place.Registered is null ? $"the upstream's password: {password.Detail}" : password.Detail;
        return new Refused(Refusal.UpstreamSecretUnavailable, detail);
    }

    async Task<Verdict<UpstreamCredentials>> ReadTokenAsync(UpstreamLogin login, OAuthClient client, CancellationToken cancel)
    {
        var token = await tokens.OfAsync(client, stop => OpenAsync(client.Secret, stop), cancel).ConfigureAwait(false);
        return token.IsGranted
            ? new UpstreamCredentials(login.UserName, token.Value) { Mechanism = login.Mechanism }
            : new Refused(token.Refusal, $"the upstream's token: {token.Detail}");
    }

    /// <summary>The key of a connection's masking rules.</summary>
    public async Task<Verdict<MaskingKey>> ReadKeyAsync(SecretPlace place, CancellationToken cancel)
    {
        var secret = await OpenAsync(place, cancel).ConfigureAwait(false);
        if (!secret.IsGranted) return new Refused(Refusal.MaskingKeyUnavailable, $"the masking key: {secret.Detail}");
        return MaskingKey.Of(secret.Value) is { } key
            ? key
            : new Refused(Refusal.MaskingKeyUnavailable, $"the masking key is shorter than {MaskingKey.LeastCharacters} characters; make one with: openssl rand -base64 32");
    }

    async Task<Verdict<string>> OpenAsync(SecretPlace place, CancellationToken cancel) => place switch
    {
        { File: { } file } => await OfFileAsync(file, cancel).ConfigureAwait(false),
        { Environment: { } variable } => OfVariable(variable),
        _ => registered.Open(place.Registered!),
    };

    static async Task<Verdict<string>> OfFileAsync(string file, CancellationToken cancel)
    {
        if (ConfiguredFiles.NotSecret(file) is { } problem) return Fault($"{problem.Problem}; {problem.Remedy}");
        try
        {
            return await Task.Run(() => ConfiguredFiles.Bytes(file, MaxBytes), cancel).ConfigureAwait(false) is { } bytes
                ? WithoutLineEnd(s_strict.GetString(bytes))
                : Fault($"{file} is larger than {MaxBytes} bytes; name a file that holds the secret alone");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            return Fault($"{file} cannot be read as UTF-8 text; correct the file");
        }
    }

    static Verdict<string> OfVariable(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } secret
        ? secret
        : Fault($"the node's environment has no variable {variable}; set it and start the node anew");

    // Editors end a file with a line end, which nobody means as part of the secret.
    static string WithoutLineEnd(string text)
    {
        if (text.EndsWith('\n')) text = text[..^1];
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static Refused Fault(string detail) => new(Refusal.UpstreamSecretUnavailable, detail);
}

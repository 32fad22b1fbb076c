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

    /// <summary>What the gateway proves itself to a schema registry with. Whoever is told why there is none may be a client, who is to hear no place.</summary>
    public async Task<Verdict<string>> ReadRegistryAsync(SecretPlace place, CancellationToken cancel)
    {
        var secret = await OpenAsync(place, cancel).ConfigureAwait(false);
        return secret.IsGranted ? secret : Fault("the gateway's secret for its registry cannot be read");
    }

    /// <summary>Whatever secret a connection names.</summary>
    public async Task<Verdict<string>> OpenAsync(SecretPlace place, CancellationToken cancel) => place switch
    {
        { File: { } file } => await OfFileAsync(file, cancel).ConfigureAwait(false),
        { Environment: { } variable } => OfVariable(variable),
        _ => registered.Open(place.Registered!),
    };

    static Task<Verdict<string>> OfFileAsync(string file, CancellationToken cancel) => Task.Run(
        () => ConfiguredFiles.Secret(file, out var problem) is { } secret
            ? (Verdict<string>)secret
            : Fault($"{problem!.Value.Problem}; {problem.Value.Remedy}"),
        cancel);

    static Verdict<string> OfVariable(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } secret
        ? secret
        : Fault($"the node's environment has no variable {variable}; set it and start the node anew");

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static Refused Fault(string detail) => new(Refusal.UpstreamSecretUnavailable, detail);
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using Duende.IdentityModel.Client;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Tokens with which the gateway proves itself to upstreams, of the authorization servers that connections name (RFC 6749 section 4.4). A token serves
/// every session of its connection until half of its time is over; then the next is asked for, once however many wait. Safe for use from several threads.
/// </summary>
public sealed class UpstreamTokens(TimeProvider time)
{
    /// <summary>Bytes of a server's answer. Origin: the largest tokens in use have some 10 KiB.</summary>
    const int LargestAnswer = 64 * 1024;

    /// <summary>How long a server may take.</summary>
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>By the client itself: whatever becomes of its connection, nobody has to forget.</summary>
    readonly ConditionalWeakTable<OAuthClient, SharedAnswer<string>> _held = [];

    /// <summary>A token that is good for a while.</summary>
    /// <param name="client">As which the gateway asks.</param>
    /// <param name="secret">Opens the client's secret, for a token that has to be asked for.</param>
    /// <param name="cancel">The caller waits no longer.</param>
    public async Task<Verdict<string>> OfAsync(
        OAuthClient client, Func<CancellationToken, Task<Verdict<string>>> secret, CancellationToken cancel)
    {
        try
        {
            return await _held.GetOrCreateValue(client).CurrentAsync(time, () => AskAsync(client, secret)).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Fault($"{client.TokenEndpoint.Host} did not give one in time");
        }
    }

    async Task<(Verdict<string> Answer, TimeSpan Believed)> AskAsync(OAuthClient client, Func<CancellationToken, Task<Verdict<string>>> secret)
    {
        // The server counts from when it gave the token: at the latest from when it was asked.
        var began = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(s_patience, time);
        var opened = await secret(deadline.Token).ConfigureAwait(false);
        if (!opened.IsGranted) return (opened, SharedAnswer<string>.Failed);
        using var http = OutsideHttps.Client(client.Authorities, LargestAnswer);
        using var request = new ClientCredentialsTokenRequest
        {
            Address = client.TokenEndpoint.AbsoluteUri,
            ClientId = client.ClientId,
            ClientSecret = opened.Value,
            Scope = client.Scope,
            ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
        };
        if (client.Resource is { } resource) request.Resource.Add(resource);
        var answer = await http.RequestClientCredentialsTokenAsync(request, deadline.Token).ConfigureAwait(false);
        var token = Read(answer, client);
        return (token, token.IsGranted ? TimeSpan.FromSeconds(answer.ExpiresIn) / 2 - time.GetElapsedTime(began) : SharedAnswer<string>.Failed);
    }

    static Verdict<string> Read(TokenResponse answer, OAuthClient client)
    {
        var host = client.TokenEndpoint.Host;
        // Only the server's word for it (RFC 6749 section 5.2): its other words may repeat what it was sent.
        if (answer.IsError) return Fault($"{host} gives none: {Word(answer)}");
        if (answer.AccessToken is not { Length: > 0 } token) return Fault($"{host} answers without one");
        return answer.ExpiresIn > 0 ? token : Fault($"{host} does not say how long it lasts (expires_in)");
    }

    static string Word(TokenResponse answer) => answer.ErrorType switch
    {
        // A secret that it does not take comes with status 401.
        _ when answer.Json is { ValueKind: JsonValueKind.Object } json && json.TryGetString("error") is { Length: > 0 and <= 64 } word
            && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') => word,
        ResponseErrorType.Protocol => "an unknown error",
        ResponseErrorType.Http => $"HTTP {(int)answer.HttpStatusCode}",
        _ => TlsFacts.Innermost(answer.Exception ?? new IOException("no answer")),
    };

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static Refused Fault(string detail) => new(Refusal.UpstreamSecretUnavailable, detail);
}

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

    /// <summary>How long a failure is believed. Origin: shorter than any client waits before it tries again and again.</summary>
    static readonly TimeSpan s_failed = TimeSpan.FromSeconds(1);

    /// <summary>By the client itself: whatever becomes of its connection, nobody has to forget.</summary>
    readonly ConditionalWeakTable<OAuthClient, Held> _held = [];

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

    async Task<(Verdict<string> Token, TimeSpan Serves)> AskAsync(OAuthClient client, Func<CancellationToken, Task<Verdict<string>>> secret)
    {
        using var deadline = new CancellationTokenSource(s_patience, time);
        var opened = await secret(deadline.Token).ConfigureAwait(false);
        if (!opened.IsGranted) return (opened, s_failed);
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
        return Read(answer, client);
    }

    static (Verdict<string> Token, TimeSpan Serves) Read(TokenResponse answer, OAuthClient client)
    {
        var host = client.TokenEndpoint.Host;
        // Only the server's word for it (RFC 6749 section 5.2): its other words may repeat what it was sent.
        if (answer.IsError) return (Fault($"{host} gives none: {Word(answer)}"), s_failed);
        if (answer.AccessToken is not { Length: > 0 } token) return (Fault($"{host} answers without one"), s_failed);
        if (answer.ExpiresIn <= 0) return (Fault($"{host} does not say how long it lasts (expires_in)"), s_failed);
        return (token, TimeSpan.FromSeconds(answer.ExpiresIn) / 2);
    }

    static string Word(TokenResponse answer) => answer.ErrorType switch
    {
        // A secret that it does not take comes with status 401.
        _ when answer.Json is { ValueKind: JsonValueKind.Object } json && json.TryGetString("error") is { Length: > 0 and <= 64 } word && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') => word,
        ResponseErrorType.Protocol => "an unknown error",
        ResponseErrorType.Http => $"HTTP {(int)answer.HttpStatusCode}",
        _ => TlsFacts.Innermost(answer.Exception ?? new IOException("no answer")),
    };

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static Refused Fault(string detail) => new(Refusal.UpstreamSecretUnavailable, detail);

    /// <summary>The token of one client.</summary>
    sealed class Held
    {
        readonly Lock _lock = new();
        Task<(Verdict<string> Token, TimeSpan Serves)>? _asked;
        long _answeredAt;

        public Task<Verdict<string>> CurrentAsync(TimeProvider time, Func<Task<(Verdict<string>, TimeSpan)>> ask)
        {
            lock (_lock)
            {
                if (_asked is null || IsOver(_asked, time)) _asked = AskAsync(time, ask);
                return TokenAsync(_asked);
            }
        }

        bool IsOver(Task<(Verdict<string> Token, TimeSpan Serves)> asked, TimeProvider time) =>
            asked.IsCompleted && (!asked.IsCompletedSuccessfully || time.GetElapsedTime(Volatile.Read(ref _answeredAt)) > asked.GetAwaiter().GetResult().Serves);

        async Task<(Verdict<string> Token, TimeSpan Serves)> AskAsync(TimeProvider time, Func<Task<(Verdict<string>, TimeSpan)>> ask)
        {
            // The server counts from when it gave the token: at the latest from when it was asked.
            var began = time.GetTimestamp();
            // Not within the lock.
            await Task.Yield();
            var answer = await ask().ConfigureAwait(false);
            Volatile.Write(ref _answeredAt, began);
            return answer;
        }

        static async Task<Verdict<string>> TokenAsync(Task<(Verdict<string> Token, TimeSpan Serves)> asked) => (await asked.ConfigureAwait(false)).Token;
    }
}

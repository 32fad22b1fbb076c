using System.Buffers;
using Gateway.Actors.Legs;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>The gateway's own login at the upstream, with credentials the client never sees.</summary>
public static class GatewayLogin
{
    /// <summary>Logs in. The value holds what the upstream sent beyond its answers, to be relayed first.</summary>
    public static async Task<Verdict<LoggedIn>> RunAsync(
        IUpstreamLogin conversation, Stream upstream, UpstreamCredentials credentials, CancellationToken cancel)
    {
        using var buffer = new LoginBuffer(conversation.MaxLoginBytes);
        var words = new ArrayBufferWriter<byte>();
        try
        {
            conversation.StartUpstreamLogin(credentials, words);
            while (true)
            {
                await SendAsync(upstream, words, cancel).ConfigureAwait(false);
                var read = conversation.ReadUpstreamLogin(buffer.Received, words);
                if (read.Refusal != Refusal.None) return new Refused(read.Refusal, read.Detail ?? "");
                buffer.Consume(read.Consumed);
                if (read.IsDone) return await FinishAsync(upstream, words, buffer, cancel).ConfigureAwait(false);
                if (words.WrittenCount > 0 || read.Consumed > 0) continue;
                if (buffer.IsFull) return new Refused(Refusal.UpstreamFrameTooLarge, $"its login answer exceeds {conversation.MaxLoginBytes} bytes");
                if (!await buffer.FillAsync(upstream, cancel).ConfigureAwait(false))
                    return new Refused(Refusal.UpstreamLost, "the upstream closed the connection during the login");
            }
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.UpstreamTooSlow, "the upstream did not answer the login in time");
        }
        catch (IOException e)
        {
            return new Refused(TlsAlert.OfUpstream(e, Refusal.UpstreamLost), $"the connection broke during the login: {e.Message}");
        }
    }

    static async Task<Verdict<LoggedIn>> FinishAsync(Stream upstream, ArrayBufferWriter<byte> words, LoginBuffer buffer, CancellationToken cancel)
    {
        await SendAsync(upstream, words, cancel).ConfigureAwait(false);
        return new LoggedIn(buffer.Rest());
    }

    static async Task SendAsync(Stream upstream, ArrayBufferWriter<byte> words, CancellationToken cancel)
    {
        if (words.WrittenCount == 0) return;
        await upstream.WriteAsync(words.WrittenMemory, cancel).ConfigureAwait(false);
        // What was sent is a credential: it does not stay in memory.
        words.Clear();
    }
}

/// <summary>The upstream accepted the gateway. <paramref name="Rest"/> is what it sent beyond its answers; null: nothing.</summary>
public sealed record LoggedIn(Chunk? Rest);

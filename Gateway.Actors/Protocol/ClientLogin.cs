using System.Buffers;
using Gateway.Actors.Legs;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Protocol;

/// <summary>The client's login, in its own protocol: reads until the conversation knows what the client offers as proof of identity.</summary>
/// <param name="conversation">The session's.</param>
/// <param name="client">The client's leg.</param>
/// <param name="find">By what a client's proof as an account is to be judged.</param>
public sealed class ClientLogin(Conversation conversation, Stream client, Func<AccountQuestion, CancellationToken, Task<AccountAnswer>> find) : IDisposable
{
    readonly LoginBuffer _buffer = new(conversation.MaxLoginBytes);
    int _answered;

    /// <summary>Every byte the client was answered so far.</summary>
    public ArrayBufferWriter<byte> Answers { get; } = new();

    public async Task<Verdict<ClientProof>> ReadAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var read = conversation.ReadLogin(_buffer.Received, Answers);
                await AnswerAsync(cancel).ConfigureAwait(false);
                if (read.Refusal != Refusal.None) return new Refused(read.Refusal, read.Detail ?? "");
                _buffer.Consume(read.Consumed);
                if (read.Proof is { } proof) return proof;
                if (read.Question is { } question) conversation.Answer(await find(question, cancel).ConfigureAwait(false), Answers);
                if (read.Consumed > 0) continue;
                if (_buffer.IsFull) return new Refused(Refusal.FrameTooLarge, $"the login exceeds {conversation.MaxLoginBytes} bytes");
                if (!await _buffer.FillAsync(client, cancel).ConfigureAwait(false))
                    return new Refused(Refusal.ProtocolViolated, "the client closed the connection before it had logged in");
            }
        }
        catch (OperationCanceledException)
        {
            return new Refused(Refusal.LoginTooSlow, "the client did not log in in time");
        }
        catch (IOException e)
        {
            return new Refused(Refusal.ProtocolViolated, $"the connection broke before the client had logged in: {e.Message}");
        }
    }

    /// <summary>Sends what was written to <see cref="Answers"/> since the last time.</summary>
    public async Task AnswerAsync(CancellationToken cancel)
    {
        if (Answers.WrittenCount == _answered) return;
        var answer = Answers.WrittenMemory[_answered..];
        _answered = Answers.WrittenCount;
        await client.WriteAsync(answer, cancel).ConfigureAwait(false);
    }

    /// <summary>What the client sent beyond its login, to be relayed first.</summary>
    public Chunk? Rest() => _buffer.Rest();

    public void Dispose() => _buffer.Dispose();
}

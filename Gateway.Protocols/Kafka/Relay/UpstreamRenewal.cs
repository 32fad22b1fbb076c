using System.Buffers;
using Gateway.Protocols.Kafka.Login;
using Gateway.Protocols.Kafka.Messages;

namespace Gateway.Protocols.Kafka.Relay;

/// <summary>
/// The gateway proves itself to the broker again, on the connection that its client uses (KIP-368): between two requests of the client's, whose next
/// ones wait until the broker has answered. Of all this the client hears nothing.
/// </summary>
/// <param name="inFlight">Where the broker's answers take their turn.</param>
/// <param name="version">Of SaslAuthenticate.</param>
sealed class UpstreamRenewal(InFlight inFlight, short version)
{
    readonly MessageReader _reader = new();
    GatewaySasl? _due;
    GatewaySasl? _running;

    /// <summary>Whether it is to begin as soon as the client's request is over.</summary>
    public bool IsDue => _due is not null;

    /// <summary>Whether the broker was asked and has not answered.</summary>
    public bool IsRunning => _running is not null;

    /// <summary>How long the broker lets the login last that it took; null: for ever.</summary>
    public TimeSpan? Lasts { get; private set; }

    /// <summary>How many logins the broker has taken since the first.</summary>
    public int Taken { get; private set; }

    /// <summary>The login of the connection's start is over.</summary>
    public void Begun(TimeSpan? lasts) => Lasts = lasts;

    public void Ask(UpstreamCredentials credentials)
    {
        if (!IsRunning) _due = new GatewaySasl(credentials, version);
    }

    /// <summary>The client is between two requests.</summary>
    public void Begin(IBufferWriter<byte> own)
    {
        (_running, _due) = (_due, null);
        _running!.Start(own);
        Await();
    }

    /// <summary>Reads the body of the broker's next answer.</summary>
    public FrameFault Answered(ReadOnlySpan<byte> body, Limits limits, IBufferWriter<byte> own)
    {
        var sasl = _running!;
        if (_reader.Read(sasl.Response, body, limits.KafkaStructs, isExact: false) is not { } answer)
            return new(Refusal.UpstreamFrameMalformed, _reader.Fault);
        if (sasl.Answered(answer, own) is { } fault) return new(Refusal.UpstreamCredentialsRefused, fault);
        if (!sasl.IsDone)
        {
            Await();
            return FrameFault.None;
        }

        (_running, Lasts) = (null, sasl.Lasts);
        Taken++;
        return FrameFault.None;
    }

    void Await() => inFlight.AwaitOwn(_running!.Response, _running.CorrelationId);
}

using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Protocols;
using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Accept;

/// <summary>
/// Accepts the clients of one connection and hands each to a session of its own. Takes a place among the node's handshakes before it accepts, so that
/// peers that never finish one cost a bounded number; closes a client unread when the connection has all its sessions.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "An actor is disposed of by PostStop.")]
public sealed partial class ListenerActor : ReceiveActor, IWithTimers
{
    /// <summary>How long accepting pauses after it failed, for want of file descriptors say.</summary>
    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    readonly Listener _listener;
    readonly ListenerParts _parts;
    readonly CancellationTokenSource _stopped = new();
    readonly ILogger _log;
    ConnectionProfile _profile;

    public ListenerActor(Listener listener, ListenerParts parts)
    {
        (_listener, _parts, _log) = (listener, parts, parts.Logging.CreateLogger("Gateway.Listener"));
        _profile = listener.Profile;
        Receive<UseProfile>(use => _profile = use.Profile);
        Receive<SlotTaken>(_ => Accept());
        Receive<Accepted>(accepted => Begin(accepted.Socket));
        Receive<Failed>(failed => Pause(failed.Cause));
        Receive<AcceptAgain>(_ => Accept());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(Listener listener, ListenerParts parts) => Akka.Actor.Props.Create(() => new ListenerActor(listener, parts));

    protected override void PreStart()
    {
        Log.Listening(_log, _listener.Profile.Name, _listener.Address);
        TakeSlot();
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _listener.Dispose();
        _stopped.Dispose();
        Log.Stopped(_log, _listener.Profile.Name, _listener.Address);
    }

    void TakeSlot() => _parts.Slots.BeginHandshakeAsync(_stopped.Token).PipeTo(
        Self, success: () => SlotTaken.Instance, failure: cause => new Failed(cause));

    void Accept() => _listener.AcceptAsync(_stopped.Token).PipeTo(
        Self, success: socket => new Accepted(socket), failure: cause => new Failed(cause));

    void Begin(Socket socket)
    {
        var profile = _profile;
        if (Address(socket) is { } self && _parts.Probes.IsOne(self))
        {
            _parts.Probed(new AcceptedConnection(socket, profile, self) { IsProbe = true });
            Accept();
            return;
        }

        if (Address(socket) is not { } client || !TryPlace(client.Address, profile, out var share))
        {
            socket.Dispose();
            Accept();
            return;
        }

        var id = _parts.NextSessionId();
        _parts.Accepted.Add(id, new AcceptedConnection(socket, profile, client) { Share = share });
        _parts.Open(id);
        TakeSlot();
    }

    // Whom a balancer brings is only known once it has told: its clients are counted then.
    bool TryPlace(IPAddress client, ConnectionProfile profile, out AddressShare? share)
    {
        share = null;
        if (!profile.IsBalancer(client))
        {
            share = _parts.Addresses.TryEnter(client, out var isTold);
            if (share is null)
            {
                _parts.Metrics.Refused(profile.Name, Refusal.TooManyFromAddress);
                if (isTold) Log.AddressRefused(_log, profile.Name, client);
                return false;
            }
        }

        if (_parts.Slots.TryBeginSession(profile.Name, profile.MaxSessions)) return true;
        _parts.Metrics.ConnectionShed(profile.Name);
        share?.Dispose();
        return false;
    }

    void Pause(Exception cause)
    {
        // The slot stays taken: accepting goes on with it.
        Log.AcceptFailed(_log, cause, _listener.Profile.Name);
        Timers.StartSingleTimer("pause", AcceptAgain.Instance, s_pause);
    }

    // Null: the client is gone already.
    static IPEndPoint? Address(Socket socket)
    {
        try
        {
            return PeerAddress.Plain((IPEndPoint)socket.RemoteEndPoint!);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Clients that are accepted from now on are served by this profile, on the same port.</summary>
    public sealed record UseProfile(ConnectionProfile Profile);

    sealed record SlotTaken
    {
        public static readonly SlotTaken Instance = new();
    }

    sealed record Accepted(Socket Socket);

    sealed record Failed(Exception Cause);

    sealed record AcceptAgain
    {
        public static readonly AcceptAgain Instance = new();
    }

    static partial class Log
    {
        [LoggerMessage(205, LogLevel.Warning, "Connection {Connection} closes connections from {Address} unread: the address has all it may have")]
        public static partial void AddressRefused(ILogger log, string connection, IPAddress address);

        [LoggerMessage(200, LogLevel.Information, "Connection {Connection} listens on {Address}")]
        public static partial void Listening(ILogger log, string connection, IPEndPoint address);

        [LoggerMessage(201, LogLevel.Information, "Connection {Connection} listens no more on {Address}")]
        public static partial void Stopped(ILogger log, string connection, IPEndPoint address);

        [LoggerMessage(202, LogLevel.Warning, "Connection {Connection} cannot accept clients for a moment")]
        public static partial void AcceptFailed(ILogger log, Exception cause, string connection);
    }
}

/// <summary>What the listeners of one node share.</summary>
public sealed record ListenerParts
{
    public required ConnectionSlots Slots { get; init; }

    public required AddressLimits Addresses { get; init; }

    public required AcceptedConnections Accepted { get; init; }

    public required GatewayMetrics Metrics { get; init; }

    public required ILoggerFactory Logging { get; init; }

    public required Func<string> NextSessionId { get; init; }

    /// <summary>The node's own looks at its listeners.</summary>
    public required OwnProbes Probes { get; init; }

    /// <summary>Owns a connection that the node itself made, and gives it the handshake that a client would get. Must not block.</summary>
    public required Action<AcceptedConnection> Probed { get; init; }

    /// <summary>Tells the session of that id to take its socket.</summary>
    public required Action<string> Open { get; init; }
}

using System.Net;
using System.Net.Sockets;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>
/// The upstream of every relay: a sink, a source and an echo for raw bytes, for MQTT and for Kafka, on one thread of a process of its own. It ends
/// with its parent, whose end of standard input it holds.
/// </summary>
sealed class Backend : IDisposable
{
    readonly Epoll _epoll = new();
    readonly Dictionary<int, BackendConnection> _connections = [];
    readonly byte[] _scratch = new byte[Dialogue.BlockBytes];
    readonly byte[] _source;
    readonly TlsContext _tls;
    readonly TlsContext _full;
    readonly Socket _raw = Listen();
    readonly Socket _resuming = Listen();
    readonly Socket _mqtt = Listen();
    readonly Socket _kafka = Listen();

    Backend(CertificateFiles files)
    {
        _tls = TlsContext.Server(files);
        _full = TlsContext.Server(files, givesTickets: false);
        _source = [.. Payload.Blocks(random: false).SelectMany(block => block)];
        _epoll.Watch((int)_raw.Handle);
        _epoll.Watch((int)_resuming.Handle);
        _epoll.Watch((int)_mqtt.Handle);
        _epoll.Watch((int)_kafka.Handle);
    }

    /// <summary>Serves until standard input ends. Writes the ports, raw without tickets and with, MQTT and Kafka, as its first line.</summary>
    public static int Run(string certificates)
    {
        using var backend = new Backend(new CertificateFiles(certificates));
        Console.WriteLine($"{Port(backend._raw)} {Port(backend._resuming)} {Port(backend._mqtt)} {Port(backend._kafka)}");
        new Thread(EndWithParent) { IsBackground = true }.Start();
        backend.Serve();
        return 0;
    }

    public void Dispose()
    {
        _raw.Dispose();
        _resuming.Dispose();
        _mqtt.Dispose();
        _kafka.Dispose();
        _tls.Dispose();
        _full.Dispose();
        _epoll.Dispose();
    }

    static void EndWithParent()
    {
        while (Console.In.Read() >= 0)
        {
        }

        Environment.Exit(0);
    }

    void Serve()
    {
        var ready = new int[256];
        while (true)
        {
            var count = _epoll.Wait(ready);
            for (var i = 0; i < count; i++)
            {
                if (_connections.TryGetValue(ready[i], out var connection)) Advance(ready[i], connection);
                else if (ready[i] == (int)_raw.Handle) AcceptAll(_raw, _full, tls => new RawBackendConnection(tls, _scratch, _source));
                else if (ready[i] == (int)_resuming.Handle) AcceptAll(_resuming, _tls, tls => new RawBackendConnection(tls, _scratch, _source));
                else if (ready[i] == (int)_mqtt.Handle) AcceptAll(_mqtt, _tls, tls => new MqttBackendConnection(tls));
                else if (ready[i] == (int)_kafka.Handle) AcceptAll(_kafka, _tls, tls => new KafkaBackendConnection(tls));
            }
        }
    }

    void AcceptAll(Socket listener, TlsContext context, Func<TlsConnection, BackendConnection> make)
    {
        while (listener.Poll(0, SelectMode.SelectRead))
        {
            var tls = TlsConnection.Accept(context, listener.Accept());
            var connection = make(tls);
            _connections[tls.Descriptor] = connection;
            _epoll.Watch(tls.Descriptor);
            Advance(tls.Descriptor, connection);
        }
    }

    void Advance(int descriptor, BackendConnection connection)
    {
        if (connection.Advance()) return;
        _connections.Remove(descriptor);
        connection.Dispose();
    }

    static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(4096);
        return listener;
    }

    static int Port(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;
}

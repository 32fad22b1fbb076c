using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Measures;

/// <summary>What every cell needs: the client's side of TLS, the words, the backend's processes. The load runs in this process.</summary>
sealed class Workbench(TlsContext client, ProcessTree backend, bool randomPayload) : IDisposable
{
    /// <summary>A cell that takes longer is given up: something is stuck, or the machine is far too slow to say anything.</summary>
    public static readonly TimeSpan CellLimit = TimeSpan.FromSeconds(40);

    public byte[] Scratch { get; } = new byte[Dialogue.BlockBytes];

    public RawDialogue Raw { get; } = new(Payload.Blocks(randomPayload));

    public MqttDialogue Mqtt { get; } = new(Payload.Blocks(randomPayload));

    public KafkaDialogue Kafka { get; } = new();

    public KafkaDialogue.Consumer KafkaConsumer { get; } = new();

    public TlsContext Client { get; } = client;

    public Dialogue Speaking(Route route) => route switch
    {
        Route.Mqtt => Mqtt,
        Route.Kafka or Route.KafkaMasked => Kafka,
        _ => Raw,
    };

    public TlsConnection Connect(IRelay relay, Route route, nint session = 0) =>
        TlsConnection.Connect(Client, relay.Address(route), CertificateFiles.ServerName, session);

    /// <summary>
    /// CPU seconds that <paramref name="load"/> costs the relay until it is silent again, the load generator and the backend.
    /// </summary>
    public async Task<Cost> CostOf(IRelay relay, Action load, CancellationToken cancel)
    {
        var (relayBefore, selfBefore, backendBefore) = (relay.Processes?.CpuSeconds() ?? 0, OwnCpu(), backend.CpuSeconds());
        load();
        var (self, served) = (OwnCpu() - selfBefore, backend.CpuSeconds() - backendBefore);
        var relayed = relay.Processes is { } processes ? await processes.SettledCpuSeconds(cancel) - relayBefore : 0;
        return new Cost(relayed, self, served);
    }

    public void Dispose() => Client.Dispose();

    // The relays are children of this process: its own time alone.
    static double OwnCpu() => Environment.CpuUsage.TotalTime.TotalSeconds;
}

/// <summary>CPU seconds of one load.</summary>
readonly record struct Cost(double Relay, double LoadGenerator, double Backend);

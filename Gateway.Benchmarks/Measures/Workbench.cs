using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Relays;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Measures;

/// <summary>What every cell needs: the client's side of TLS, the words, the backend's processes. The load runs in this process.</summary>
sealed class Workbench(TlsContext client, ProcessTree backend, KafkaDialogue.LoggedIn loggedIn, bool randomPayload) : IDisposable
{
    /// <summary>A cell that takes longer is given up: something is stuck, or the machine is far too slow to say anything.</summary>
    public static readonly TimeSpan CellLimit = TimeSpan.FromSeconds(40);

    // A journal that still grows after so many looks is taken as it is.
    const int SizePolls = 10;

    // Twice the longest that the recording of an open session waits for more, by default.
    static readonly TimeSpan s_flushed = TimeSpan.FromMilliseconds(100);

    /// <summary>False while relays are warmed up: a journal at rest is waited for, and nobody asks what it grew by.</summary>
    public bool IsMeasuring { get; set; }

    public byte[] Scratch { get; } = new byte[Dialogue.BlockBytes];

    public RawDialogue Raw { get; } = new(Payload.Blocks(randomPayload));

    /// <summary>Of bytes that no compression makes fewer.</summary>
    public RawDialogue Random { get; } = new(Payload.Blocks(random: true));

    public MqttDialogue Mqtt { get; } = new(Payload.Blocks(randomPayload));

    public KafkaDialogue Kafka { get; } = new();

    public KafkaDialogue.AvroProducer KafkaAvro { get; } = new();

    public KafkaDialogue.Consumer KafkaConsumer { get; } = new();

    public TlsContext Client { get; } = client;

    public Dialogue Speaking(Route route) => route switch
    {
        Route.Mqtt => Mqtt,
        Route.Kafka or Route.KafkaMasked => Kafka,
        Route.KafkaAvroMasked => KafkaAvro,
        Route.KafkaLogin => loggedIn,
        _ => Raw,
    };

    public TlsConnection Connect(IRelay relay, Route route, nint session = 0) =>
        TlsConnection.Connect(Client, relay.Address(route), CertificateFiles.ServerName, session);

    /// <summary>
    /// CPU seconds that <paramref name="load"/> costs the relay until it is silent again, the load generator and the backend, and what the relay's journal
    /// grows by until it has not grown for <paramref name="quiet"/>.
    /// </summary>
    public async Task<Cost> CostOf(IRelay relay, Action load, TimeSpan quiet, CancellationToken cancel)
    {
        // What sessions of an earlier load left to write is none of this one's.
        var sizeBefore = await Settled(relay, s_flushed, cancel);
        // Nor what opening this one's connections left to do.
        var relayBefore = await SettledCpuSeconds(relay, cancel);
        var (selfBefore, backendBefore) = (OwnCpu(), backend.CpuSeconds());
        load();
        var (self, served) = (OwnCpu() - selfBefore, backend.CpuSeconds() - backendBefore);
        var relayed = await SettledCpuSeconds(relay, cancel) - relayBefore;
        return new Cost(relayed, self, served, await Settled(relay, quiet, cancel) - sizeBefore);
    }

    /// <summary>The same of a load whose sessions stay open meanwhile: only what was said is left to be written.</summary>
    public Task<Cost> CostOf(IRelay relay, Action load, CancellationToken cancel) => CostOf(relay, load, s_flushed, cancel);

    /// <summary>Waits until the relay is silent, and returns the CPU seconds it has taken so far; 0 where there is none.</summary>
    public static Task<double> SettledCpuSeconds(IRelay relay, CancellationToken cancel) =>
        relay.Processes?.SettledCpuSeconds(cancel) ?? Task.FromResult(0.0);

    public void Dispose() => Client.Dispose();

    async Task<long?> Settled(IRelay relay, TimeSpan quiet, CancellationToken cancel)
    {
        if (relay.Journal is not { } journal || !IsMeasuring) return null;
        var size = await journal.BytesAsync(cancel);
        for (var i = 0; i < SizePolls; i++)
        {
            await Task.Delay(quiet, cancel);
            var now = await journal.BytesAsync(cancel);
            if (now == size) break;
            size = now;
        }

        return size;
    }

    // The relays are children of this process: its own time alone.
    static double OwnCpu() => Environment.CpuUsage.TotalTime.TotalSeconds;
}

/// <summary>CPU seconds of one load, and the bytes that the relay's journal grew by; null where it has none.</summary>
readonly record struct Cost(double Relay, double LoadGenerator, double Backend, long? OnDisk);

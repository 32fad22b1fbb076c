using System.Net;
using Gateway.Benchmarks.Machine;

namespace Gateway.Benchmarks.Relays;

/// <summary>One relay under measurement, running. Every relay listens on loopback and re-encrypts to the same backend.</summary>
interface IRelay : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Program and version.</summary>
    string Version { get; }

    /// <summary>How to start it by hand, and with which configuration.</summary>
    string CommandLine { get; }

    string Configuration { get; }

    /// <summary>The relay's processes; null where there is no relay between client and backend.</summary>
    ProcessTree? Processes { get; }

    /// <summary>Where it keeps every byte that it relays; null where it does not.</summary>
    IJournalSize? Journal { get; }

    IPEndPoint Address(Route route);
}

/// <summary>What a listener is for.</summary>
enum Route
{
    /// <summary>Raw bytes; every session is a full handshake towards the upstream too, which gives no tickets there.</summary>
    Raw,

    /// <summary>Raw bytes; the relay may resume its sessions with the upstream.</summary>
    RawResuming,

    Mqtt,

    Kafka,

    /// <summary>Kafka, of whose records the gateway masks a field; other relays know nothing of that.</summary>
    KafkaMasked,

    /// <summary>The same of records in Avro, whose schema it asks for.</summary>
    KafkaAvroMasked,

    /// <summary>Kafka, to which clients log in by a token; relays that do not know of it pass that on.</summary>
    KafkaLogin,
}

/// <summary>The backend's ports, by what is spoken there.</summary>
sealed record BackendPorts(int Raw, int RawResuming, int Mqtt, int Kafka)
{
    public int For(Route route) => route switch
    {
        Route.RawResuming => RawResuming,
        Route.Mqtt => Mqtt,
        Route.Kafka or Route.KafkaMasked or Route.KafkaAvroMasked or Route.KafkaLogin => Kafka,
        _ => Raw,
    };
}

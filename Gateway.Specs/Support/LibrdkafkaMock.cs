using System.Runtime.InteropServices;

namespace Gateway.Specs.Support;

/// <summary>
/// The mock cluster that librdkafka brings along: real brokers on loopback, without TLS and without SASL, made for testing clients. Ports are the
/// system's choice.
/// </summary>
sealed unsafe partial class LibrdkafkaMock : IDisposable
{
    const string Library = "librdkafka";
    const int ErrorBytes = 512;
    const int Producer = 0;

    readonly nint _client;
    readonly nint _cluster;

    static LibrdkafkaMock() => NativeLibrary.SetDllImportResolver(typeof(LibrdkafkaMock).Assembly, (name, _, _) => name == Library ? Load() : 0);

    public LibrdkafkaMock(int brokers)
    {
        var error = stackalloc byte[ErrorBytes];
        _client = rd_kafka_new(Producer, rd_kafka_conf_new(), error, ErrorBytes);
        if (_client == 0) throw new InvalidOperationException(Marshal.PtrToStringUTF8((nint)error));
        _cluster = rd_kafka_mock_cluster_new(_client, brokers);
        if (_cluster == 0) throw new InvalidOperationException("librdkafka made no mock cluster");
        Ports = [.. Marshal.PtrToStringUTF8(rd_kafka_mock_cluster_bootstraps(_cluster))!.Split(',').Select(b => int.Parse(b.Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture))];
    }

    /// <summary>Of broker 1, 2 and so on.</summary>
    public IReadOnlyList<int> Ports { get; }

    public void CreateTopic(string name, int partitions, int replicas = 1) => Check(rd_kafka_mock_topic_create(_cluster, name, partitions, replicas));

    /// <summary>What the cluster says of a broker's address.</summary>
    public void Advertise(int broker, string host, int port) => rd_kafka_mock_broker_set_host_port(_cluster, broker, host, port);

    public void Lead(string topic, int partition, int broker) => Check(rd_kafka_mock_partition_set_leader(_cluster, topic, partition, broker));

    /// <summary>Has groups share out soon: a broker's usual three seconds are for members that start one after the other.</summary>
    public void HurryGroups()
    {
        const int Milliseconds = 300;
        rd_kafka_mock_group_initial_rebalance_delay_ms(_cluster, Milliseconds);
        rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(_cluster, Milliseconds);
    }

    public void Dispose()
    {
        rd_kafka_mock_cluster_destroy(_cluster);
        rd_kafka_destroy(_client);
    }

    static void Check(int error)
    {
        if (error != 0) throw new InvalidOperationException($"librdkafka's mock cluster answered {error}");
    }

    // The first needs a libsasl2 that Debian has not got; the second needs none.
    static nint Load()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier.StartsWith("win", StringComparison.Ordinal) ? "win-x64" : "linux-x64", "native");
        foreach (var file in new[] { "librdkafka.so", "centos8-librdkafka.so", "alpine-librdkafka.so", "librdkafka.dll" })
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, file), out var handle)) return handle;
        }

        return 0;
    }

    [LibraryImport(Library)]
    private static partial nint rd_kafka_conf_new();

    [LibraryImport(Library)]
    private static partial nint rd_kafka_new(int type, nint conf, byte* error, nuint errorSize);

    [LibraryImport(Library)]
    private static partial void rd_kafka_destroy(nint client);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_new(nint client, int brokers);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_cluster_destroy(nint cluster);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_group_initial_rebalance_delay_ms(nint cluster, int milliseconds);

    [LibraryImport(Library)]
    private static partial void rd_kafka_mock_set_group_consumer_heartbeat_interval_ms(nint cluster, int milliseconds);

    [LibraryImport(Library)]
    private static partial nint rd_kafka_mock_cluster_bootstraps(nint cluster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_topic_create(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial void rd_kafka_mock_broker_set_host_port(nint cluster, int broker, string host, int port);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rd_kafka_mock_partition_set_leader(nint cluster, string topic, int partition, int broker);
}

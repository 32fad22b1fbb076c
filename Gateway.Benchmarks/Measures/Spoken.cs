using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>How a measure says what was spoken.</summary>
static class Spoken
{
    /// <summary>Of its identifier.</summary>
    public static string Prefix(Route route) => route switch
    {
        Route.Mqtt => "mqtt-",
        Route.Kafka => "kafka-",
        Route.KafkaMasked => "kafka-masked-",
        Route.KafkaAvroMasked => "kafka-avro-masked-",
        _ => "",
    };

    /// <summary>Of bulk traffic.</summary>
    public static string AsBlocks(Route route) => route switch
    {
        Route.Mqtt => " as MQTT of 1 KiB",
        Route.Kafka => " as Kafka records of 1 KiB in batches of 64",
        Route.KafkaMasked => " as such records of which the gateway masks a field",
        Route.KafkaAvroMasked => " as such records in Avro of which it masks a field",
        _ => "",
    };

    /// <summary>Of messages that are answered.</summary>
    public static string AsMessage(Route route) => route switch
    {
        Route.Mqtt => " as MQTT",
        Route.Kafka => " as Kafka's Produce",
        _ => "",
    };
}

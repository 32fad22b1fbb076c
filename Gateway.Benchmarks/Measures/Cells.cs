using Gateway.Benchmarks.Relays;

namespace Gateway.Benchmarks.Measures;

/// <summary>All loads, in the order of the report.</summary>
static class Cells
{
    public static IReadOnlyList<Cell> Chosen(RelaySettings settings) =>
        [.. All(settings.IdleSessions).Where(c => settings.Only.Count == 0 || c.Measures.Any(m => settings.Only.Any(m.Id.StartsWith)))];

    static IReadOnlyList<Cell> All(int idleSessions) =>
    [
        new BulkCell(Route.Raw, 1),
        new BulkCell(Route.Raw, 8),
        new BulkCell(Route.Raw, 64),
        new BulkCell(Route.Raw, 8, download: true),
        new RandomUploadCell(),
        new RoundTripCell(Route.Raw, 1),
        new RoundTripCell(Route.Raw, 64),
        new SessionCell(resumed: false),
        new SessionCell(resumed: true),
        new BulkCell(Route.Mqtt, 8),
        new RoundTripCell(Route.Mqtt, 64),
        new BulkCell(Route.Kafka, 8),
        new BulkCell(Route.Kafka, 8, download: true),
        new BulkCell(Route.KafkaMasked, 8),
        new BulkCell(Route.KafkaAvroMasked, 8),
        new RoundTripCell(Route.Kafka, 64),
        new PublishCell(),
        new IdleCell(idleSessions),
    ];
}

using Gateway.Protocols.Kafka.Schema;

namespace Gateway.Protocols.Kafka.Reading;

/// <summary>Recorded requests whose responses are to come. Brokers answer in order; of what the gateway answered itself the request may not be recorded.</summary>
sealed class PendingRequests
{
    readonly LinkedList<(int CorrelationId, MessageLayout Response)> _requests = [];

    public void Add(int correlationId, MessageLayout response)
    {
        // More were never relayed at once.
        if (_requests.Count == Limits.Default.KafkaInFlight) _requests.RemoveFirst();
        _requests.AddLast((correlationId, response));
    }

    /// <summary>What the response of that correlation id is, or null where no such request is known.</summary>
    public MessageLayout? Find(int correlationId)
    {
        foreach (var (id, response) in _requests)
        {
            if (id == correlationId) return response;
        }

        return null;
    }

    /// <summary>It has come, and what should have come before will not.</summary>
    public void Came(int correlationId)
    {
        while (_requests.First is { } first)
        {
            _requests.RemoveFirst();
            if (first.Value.CorrelationId == correlationId) return;
        }
    }
}

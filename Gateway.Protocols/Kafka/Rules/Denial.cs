using Gateway.Protocols.Kafka.Messages;

namespace Gateway.Protocols.Kafka.Rules;

/// <summary>One thing that a request asks for and the rules do not allow.</summary>
/// <param name="Error">What the client is told.</param>
/// <param name="Operation">What it needed.</param>
/// <param name="Resource">On what.</param>
sealed record Denial(KafkaError Error, KafkaOperation Operation, string Resource)
{
    /// <summary>For the session's record.</summary>
    public DeniedOperation Recorded => new(Operation.Word(), Resource);
}

/// <summary>What becomes of a request that was judged.</summary>
/// <param name="Forward">What of it may go on; null where nothing may.</param>
/// <param name="Answer">
/// The response's entries for what was denied: the answer itself where nothing goes on, else to be put into the broker's. Null where nothing was denied.
/// </param>
/// <param name="Denied">For the session's record.</param>
sealed record Judgement(StructValue? Forward, StructValue? Answer, IReadOnlyList<DeniedOperation> Denied);

using Microsoft.Extensions.Logging;

namespace Gateway.Actors.Registry;

/// <summary>What is said of the registry's own state; its acts are its record.</summary>
static partial class RegistryLog
{
    [LoggerMessage(500, LogLevel.Information, "This node keeps the registry, at revision {Revision}")]
    public static partial void Writes(ILogger log, long revision);

    [LoggerMessage(501, LogLevel.Error, "Event {Number} of the registry was not written")]
    public static partial void NotWritten(ILogger log, Exception cause, long number);

    [LoggerMessage(502, LogLevel.Error, "The registry cannot be read from the journal; nothing is registered until it can")]
    public static partial void NotRecovered(ILogger log, Exception cause);

    [LoggerMessage(510, LogLevel.Warning, "The registry cannot be followed now: {Problem}")]
    public static partial void Unavailable(ILogger log, string problem);

    [LoggerMessage(511, LogLevel.Critical, "The registry's record is not in order, this node keeps what it knew: {Problem}")]
    public static partial void NotInOrder(ILogger log, Exception cause, string problem);
}

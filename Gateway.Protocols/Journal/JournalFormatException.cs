namespace Gateway.Protocols.Journal;

/// <summary>Bytes that are no journaled event. <see cref="Offset"/> counts from the event's first byte and points at what could not be read.</summary>
public sealed class JournalFormatException(int offset, string message) : FormatException($"{message} (at byte {offset})")
{
    public int Offset { get; } = offset;
}

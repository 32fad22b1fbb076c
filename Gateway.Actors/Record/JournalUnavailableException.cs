namespace Gateway.Actors.Record;

/// <summary>The journal's database cannot be used. One line: where, what, remedy; never a password.</summary>
public sealed class JournalUnavailableException(string place, string problem, string remedy, Exception? cause = null)
    : Exception($"The journal {place} {problem}; {remedy}.", cause);

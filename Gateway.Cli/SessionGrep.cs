using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Replay;
using Gateway.Protocols.Reading;

namespace Gateway.Cli;

/// <summary>
/// <c>sessions grep</c>. A node searches by itself and sends what it found; a journal is searched here. Returns an <see cref="ExitCode"/>: NotFound
/// when nothing matched, Failed when something could not be searched.
/// </summary>
sealed class SessionGrep(ISessionArchive archive, CliOutput output, bool json, bool count)
{
    /// <summary>Lines shown of what one operation carries.</summary>
    const int MostLines = 20;

    public async Task<int> RunAsync(SearchQuery query, CancellationToken cancel)
    {
        var (matches, sessions, with, faults) = (0L, 0, 0, 0);
        var found = archive is HttpSessionArchive node
            ? node.SearchAsync(query, cancel)
            : SessionSearch.SearchAsync(archive, query.Request, Environment.ProcessorCount, cancel);
        await foreach (var e in found)
        {
            switch (e)
            {
                case SearchHit hit:
                    matches += hit.Matches;
                    if (!count) Show(hit, query.Request.Pattern);
                    break;
                case SessionSearched done:
                    sessions++;
                    if (done.Matches > 0) with++;
                    if (done.Note is not null) faults++;
                    Show(done);
                    break;
            }
        }

        if (matches >= query.Request.Most) output.Say($"stopped after {matches} matches; there may be more (--limit)");
        else output.Say($"{matches} matches in {with} of {sessions} sessions");
        return faults > 0 ? ExitCode.Failed : matches > 0 ? ExitCode.Ok : ExitCode.NotFound;
    }

    void Show(SearchHit hit, SearchPattern pattern)
    {
        if (json)
        {
            output.Json(SearchLine.Of(hit), AdminJson.Default.SearchLine);
            return;
        }

        output.Line($"{Printable.Text(hit.Session.SessionId)}  {Printable.Text(hit.Session.Connection)}  {Printable.Text(hit.Session.Subject ?? "-")}");
        foreach (var (operation, isMatch) in hit.Operations)
        {
            foreach (var line in isMatch ? Matching(operation, pattern).Prepend($"> {TranscriptLines.Head(operation)}") : [$"  {TranscriptLines.Head(operation)}"])
                output.Line(line);
        }
    }

    // Of what an operation carries those lines that match; where none does by itself, how it begins.
    static IEnumerable<string> Matching(DecodedOperation operation, SearchPattern pattern)
    {
        var below = TranscriptLines.Of(operation).Skip(1).ToList();
        var matching = below.Where(line => pattern.IsMatch(line.Trim())).ToList();
        return (matching.Count > 0 ? matching : below).Take(MostLines).Select(line => $"  {line}");
    }

    void Show(SessionSearched done)
    {
        var id = Printable.Text(done.Session.SessionId);
        if (json && count) output.Json(SearchLine.Of(done), AdminJson.Default.SearchLine);
        else if (count && done.Matches > 0) output.Line(string.Create(CultureInfo.InvariantCulture, $"{id}  {done.Matches}"));
        if (done.Note is { } note) output.Fail($"{id} was not searched whole: {Printable.Text(note)}");
    }
}

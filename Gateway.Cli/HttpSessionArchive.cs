using System.Runtime.CompilerServices;
using System.Text.Json;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary>The sessions that a node's admin API shows.</summary>
public sealed class HttpSessionArchive(AdminClient node) : ISessionArchive
{
    // A node sends as fast as it can; the pauses of a replay are the reader's own.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    // A search says nothing while it reads a long session in which there is nothing.
    static readonly TimeSpan s_searchPatience = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<SessionRow>> ListAsync(SessionFilter filter, CancellationToken cancel)
    {
        var views = await node.GetAsync($"/v1/sessions{SessionQuery.Write(filter)}", AdminJson.Default.IReadOnlyListSessionView, cancel);
        return [.. views.Select(view => view.ToRow())];
    }

    public async Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancel) => (await ViewAsync(sessionId, cancel))?.ToRow();

    /// <summary>The session with how it stands now.</summary>
    public Task<SessionView?> ViewAsync(string sessionId, CancellationToken cancel) =>
        node.FindAsync(PathOf(sessionId), AdminJson.Default.SessionView, cancel);

    public IAsyncEnumerable<JournaledEvent> ReadAsync(string sessionId, CancellationToken cancel) => EventsAsync($"{PathOf(sessionId)}/events", cancel);

    /// <summary>The session's events from its first to its last, while it is recorded: the node follows it.</summary>
    public IAsyncEnumerable<JournaledEvent> FollowAsync(string sessionId, CancellationToken cancel) =>
        EventsAsync($"{PathOf(sessionId)}/events?follow=true", cancel).WithoutSilence(cancel);

    /// <summary>Has the node search its recordings.</summary>
    public async IAsyncEnumerable<SearchEvent> SearchAsync(SearchQuery query, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await node.OpenAsync($"/v1/search{query.Write()}", cancel)
            ?? throw new CommandException(ExitCode.Failed, "the node cannot search; use one of this version");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var lines = JsonSerializer.DeserializeAsyncEnumerable(stream, AdminJson.Default.SearchLine, topLevelValues: true, deadline.Token);
        await using var found = lines.GetAsyncEnumerator(deadline.Token);
        while (await NextAsync(found, s_searchPatience, deadline, cancel))
        {
            if (found.Current?.ToEvent() is not { } e) yield break;
            yield return e;
        }

        throw new InvalidDataException("The answer was cut short; search again.");
    }

    async IAsyncEnumerable<JournaledEvent> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await node.OpenAsync(path, cancel);
        if (stream is null) yield break;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var events = EventFrames.ReadAsync(stream, deadline.Token).GetAsyncEnumerator(deadline.Token);
        while (await NextAsync(events, s_patience, deadline, cancel)) yield return events.Current;
    }

    public async Task<KeyFinding> KeyAsync(string sessionId, CancellationToken cancel)
    {
        try
        {
            return (await node.FindAsync($"{PathOf(sessionId)}/key", AdminJson.Default.RecordingKeyView, cancel))?.Read() ?? KeyFinding.None;
        }
        catch (CommandException refused) when (refused.ExitCode == ExitCode.Failed)
        {
            throw new InvalidDataException(refused.Message, refused);
        }
    }

    public static string PathOf(string sessionId) => $"/v1/sessions/{Uri.EscapeDataString(sessionId)}";

    static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> events, TimeSpan patience, CancellationTokenSource deadline, CancellationToken cancel)
    {
        try
        {
            deadline.CancelAfter(patience);
            var more = await events.MoveNextAsync();
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            return more;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Unreachable, $"the node sent nothing for {patience.TotalSeconds:0} s; try again", e);
        }
        catch (HttpIOException e)
        {
            throw new CommandException(ExitCode.Failed, "the node broke off before the end; its log says why", e);
        }
    }
}

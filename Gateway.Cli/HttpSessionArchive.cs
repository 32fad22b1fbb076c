using System.Runtime.CompilerServices;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary>The sessions that a node's admin API shows.</summary>
public sealed class HttpSessionArchive(AdminClient node) : ISessionArchive
{
    // A node sends as fast as it can; the pauses of a replay are the reader's own.
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

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

    async IAsyncEnumerable<JournaledEvent> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var stream = await node.OpenAsync(path, cancel);
        if (stream is null) yield break;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var events = EventFrames.ReadAsync(stream, deadline.Token).GetAsyncEnumerator(deadline.Token);
        while (await NextAsync(events, deadline, cancel)) yield return events.Current;
    }

    public static string PathOf(string sessionId) => $"/v1/sessions/{Uri.EscapeDataString(sessionId)}";

    static async Task<bool> NextAsync(IAsyncEnumerator<JournaledEvent> events, CancellationTokenSource deadline, CancellationToken cancel)
    {
        try
        {
            deadline.CancelAfter(s_patience);
            var more = await events.MoveNextAsync();
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            return more;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new CommandException(ExitCode.Unreachable, $"the node sent nothing for {s_patience.TotalSeconds:0} s; try again", e);
        }
        catch (HttpIOException e)
        {
            throw new CommandException(ExitCode.Failed, "the node broke the recording off before its end; its log says why", e);
        }
    }
}

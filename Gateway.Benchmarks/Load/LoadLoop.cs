using System.Diagnostics;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Load;

/// <summary>Advances many <see cref="LoadTask"/>s on one thread until all are done or time is up.</summary>
sealed class LoadLoop : IDisposable
{
    // Descriptors are small and dense; the soft limit of most systems is far below this.
    const int MaxDescriptor = 64 * 1024;

    static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(200);

    readonly Epoll _epoll = new();
    readonly LoadTask?[] _tasks = new LoadTask?[MaxDescriptor];
    readonly int[] _ready = new int[256];
    int _open;

    /// <summary>Gives a connection its next task. <paramref name="isNew"/>: its socket is not watched yet.</summary>
    public void Add(LoadTask task, bool isNew)
    {
        if (isNew) _epoll.Watch(task.Connection.Descriptor);
        _tasks[task.Connection.Descriptor] = task;
        _open++;
    }

    /// <summary>
    /// Runs what was added, and what <paramref name="onDone"/> adds when a task is done. Throws <see cref="TimeoutException"/> when
    /// <paramref name="limit"/> passes first.
    /// </summary>
    public void Run(TimeSpan limit, Action<LoadTask>? onDone = null)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var task in _tasks.Where(t => t is not null).ToArray()) Step(task!, onDone);
        while (_open > 0)
        {
            var count = _epoll.Wait(_ready, s_wait);
            for (var i = 0; i < count; i++)
            {
                if (_tasks[_ready[i]] is { } task) Step(task, onDone);
            }

            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"{_open} connections were not done after {limit.TotalSeconds:F0} s.");
        }
    }

    /// <summary>Begins a task on a connection that is watched already, and does not wait for it.</summary>
    public void Begin(LoadTask task, Action<LoadTask> onDone)
    {
        Add(task, isNew: false);
        Step(task, onDone);
    }

    /// <summary>Goes on with what was begun as far as it comes, and waits for at most so long for something to come.</summary>
    public void GoOn(TimeSpan most, Action<LoadTask> onDone)
    {
        var count = _epoll.Wait(_ready, most);
        for (var i = 0; i < count; i++)
        {
            if (_tasks[_ready[i]] is { } task) Step(task, onDone);
        }
    }

    public void Dispose() => _epoll.Dispose();

    void Step(LoadTask task, Action<LoadTask>? onDone)
    {
        if (!task.Advance()) return;
        _tasks[task.Connection.Descriptor] = null;
        _open--;
        onDone?.Invoke(task);
    }
}

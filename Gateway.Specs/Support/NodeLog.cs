using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gateway.Specs.Support;

/// <summary>Keeps what a whole node logs, formatted, at any level.</summary>
public sealed class NodeLog : ILoggerProvider
{
    readonly ConcurrentQueue<LoggedLine> _lines = new();

    public IReadOnlyList<LoggedLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Category(categoryName, _lines);

    public void Dispose()
    {
    }

    sealed class Category(string name, ConcurrentQueue<LoggedLine> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new LoggedLine(name, logLevel, eventId.Id, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}"));
    }
}

public sealed record LoggedLine(string Category, LogLevel Level, int Event, string Text);

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Protocols;
using Gateway.Protocols.Journal;

namespace Gateway.Cli;

/// <summary>Which sessions: the options that make a <see cref="SessionFilter"/>.</summary>
sealed class FilterOptions(TimeProvider time)
{
    const int MostSessions = 1_000_000;

    readonly Option<string?> _connection = new("--connection") { Description = "Of this connection.", HelpName = "name" };

    readonly Option<string?> _protocol = new("--protocol") { Description = "Of this protocol.", HelpName = "name" };

    readonly Option<ClientNetwork?> _client = new("--client")
    {
        Description = "From this address or IPv4 network.",
        HelpName = "address",
        CustomParser = result => Parsed(result, ClientNetwork.Parse, ClientNetwork.Rule),
    };

    readonly Option<Ja4Fingerprint?> _ja4 = new("--ja4")
    {
        Description = "Whose client's TLS has this fingerprint.",
        HelpName = "fingerprint",
        CustomParser = result => Parsed(result, Ja4Fingerprint.Parse, Ja4Fingerprint.Rule),
    };

    readonly Option<long?> _bytes = new("--bytes")
    {
        Description = "That relayed so many bytes at least, both directions together.",
        HelpName = "number",
        CustomParser = result => Parsed<long>(
            result, text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null, "is no number of bytes"),
    };

    readonly Option<string?> _subject = new("--subject") { Description = "Of this subject.", HelpName = "name" };

    readonly Option<string?> _nodeKey = new("--node-key") { Description = "Accepted by the node process of this key.", HelpName = "key" };

    readonly Option<Refusal?> _refusal = new("--refusal")
    {
        Description = "Ended by this refusal.",
        HelpName = "word",
        CustomParser = result => Parsed(result, RefusalFacts.Parse, "is no refusal; use a word such as token-expired"),
    };

    readonly Option<string?> _operation = new("--operation")
    {
        Description = "That did this, or tried to: publish, subscribe, produce, consume and so on.",
        HelpName = "word",
        CustomParser = result => ParsedText(result, ProtocolCatalog.Operations.Contains, SessionQuery.OperationRule),
    };

    readonly Option<string?> _topic = new("--topic") { Description = "That did something on the topic, group or other resource of this name.", HelpName = "name" };

    readonly Option<bool> _perhaps = new("--perhaps") { Description = "Only sessions of which the index does not tell whether they did that." };

    readonly Option<bool> _open = new("--open") { Description = "Only sessions that still run." };

    readonly Option<bool> _ended = new("--ended") { Description = "Only sessions that have ended." };

    readonly Option<long?> _since = TimeOption("--since", "Started at or after this time, or this long ago (2h).", time);

    readonly Option<long?> _until = TimeOption("--until", "Started before this time, or this long ago.", time);

    readonly Option<int?> _limit = new("--limit")
    {
        Description = "At most so many, newest first. Default: 100.",
        HelpName = "number",
        CustomParser = result => Parsed(result, Number, $"must be between 1 and {MostSessions}"),
    };

    /// <summary>With <c>--limit</c> unless a command means something else by it.</summary>
    public void AddTo(Command command, bool withLimit = true, bool withOperations = false)
    {
        if (withOperations) AddOperationsTo(command);
        if (withLimit) command.Options.Add(_limit);
        foreach (var option in new Option[] { _connection, _protocol, _subject, _client, _ja4, _bytes, _nodeKey, _refusal, _open, _ended, _since, _until })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_open) && result.GetValue(_ended)) result.AddError("--open and --ended exclude each other.");
        });
    }

    /// <summary>The filter, of <paramref name="most"/> sessions where no limit is given.</summary>
    public SessionFilter Read(ParseResult parsed, int most = 100) => new()
    {
        Connection = parsed.GetValue(_connection),
        Protocol = parsed.GetValue(_protocol),
        Subject = parsed.GetValue(_subject),
        Client = parsed.GetValue(_client),
        Ja4 = parsed.GetValue(_ja4),
        LeastBytes = parsed.GetValue(_bytes),
        NodeKey = parsed.GetValue(_nodeKey),
        Refusal = parsed.GetValue(_refusal),
        Open = parsed.GetValue(_open) ? true : parsed.GetValue(_ended) ? false : null,
        After = parsed.GetValue(_since),
        Before = parsed.GetValue(_until),
        Did = parsed.GetValue(_operation) is null && parsed.GetValue(_topic) is null
            ? null
            : new OperationQuestion(parsed.GetValue(_operation), parsed.GetValue(_topic), parsed.GetValue(_perhaps)),
        Most = parsed.GetValue(_limit) ?? most,
    };

    void AddOperationsTo(Command command)
    {
        foreach (var option in new Option[] { _operation, _topic, _perhaps }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_perhaps) && result.GetResult(_operation) is null && result.GetResult(_topic) is null)
                result.AddError("--perhaps needs --operation or --topic: what the sessions may have done.");
        });
    }

    internal static Option<long?> TimeOption(string name, string description, TimeProvider time) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
            Parsed(result, text => Instant(text, time), "is no time; write it like 2026-01-31T08:00:00Z, or 2h for two hours ago"),
    };

    static long? Instant(string text, TimeProvider time)
    {
        if (!Durations.TryParse(text, out var ago)) return JournalTime.Parse(text);
        var now = time.GetUtcNow();
        return ago >= TimeSpan.Zero && ago < now - DateTimeOffset.UnixEpoch ? UnixMicros.Of(now - ago) : null;
    }

    static int? Number(string text) => int.TryParse(text, out var number) && number is > 0 and <= MostSessions ? number : null;

    static string? ParsedText(ArgumentResult result, Func<string, bool> isOne, string problem)
    {
        var text = result.Tokens[0].Value;
        if (!isOne(text)) result.AddError($"'{text}' {problem}.");
        return text;
    }

    static T? Parsed<T>(ArgumentResult result, Func<string, T?> parse, string problem) where T : struct
    {
        var text = result.Tokens[0].Value;
        var value = parse(text);
        if (value is null) result.AddError($"'{text}' {problem}.");
        return value;
    }
}

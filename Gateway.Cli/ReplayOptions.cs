using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gateway.Protocols;

namespace Gateway.Cli;

/// <summary>Which part of a recording, and how it is shown: the options that make a <see cref="ReplayRequest"/>.</summary>
sealed class ReplayOptions
{
    public const string Upward = DirectionWords.ToUpstream;

    public const string Downward = DirectionWords.ToClient;

    const string Both = "both";

    static readonly string[] s_forms = ["auto", "raw", "hex", "text"];

    readonly Option<string> _direction = OneOf("--direction", "Which way", Both, Upward, Downward);

    readonly Option<ReplayBound?> _from = Bound("--from", "Not before this time, time of day (UTC), or so long after the start (90s).");

    readonly Option<ReplayBound?> _until = Bound("--until", "Before this time, time of day, or so long after the start.");

    readonly Option<long?> _fromOffset = new("--from-offset")
    {
        Description = "Passes over so many bytes of the direction.",
        HelpName = "bytes",
        CustomParser = result => Parsed<long>(
            result, text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : null, "is no number of bytes"),
    };

    readonly Option<string> _decode = OneOf("--decode", "The protocol's operations where it is known, or the bytes as they are", s_forms);

    readonly Option<bool> _json = new("--json") { Description = "One line of JSON per operation or piece, for programs." };

    public Option<string> Direction => _direction;

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _direction, _from, _until, _fromOffset, _decode, _json }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_fromOffset) is not null && DirectionOf(result.GetValue(_direction)) is null)
                result.AddError($"--from-offset counts the bytes of one direction: add --direction {Upward} or --direction {Downward}.");
        });
    }

    public ReplayRequest Read(ParseResult parsed, string sessionId) => new(sessionId)
    {
        Direction = DirectionOf(parsed.GetValue(_direction)),
        From = parsed.GetValue(_from),
        Until = parsed.GetValue(_until),
        FromOffset = parsed.GetValue(_fromOffset) ?? 0,
        Form = (TranscriptForm)Array.IndexOf(s_forms, parsed.GetValue(_decode)),
        Json = parsed.GetValue(_json),
    };

    public static Direction? DirectionOf(string? word) => word switch
    {
        Upward => Protocols.Direction.ToUpstream,
        Downward => Protocols.Direction.ToClient,
        _ => null,
    };

    /// <summary>One of these words, the first where none is given.</summary>
    // System.CommandLine's own check of this kind answers with one line per word.
    public static Option<string> OneOf(string name, string description, params string[] words)
    {
        var all = string.Join(", ", words);
        var option = new Option<string>(name)
        {
            Description = $"{description}: {all}.",
            HelpName = "word",
            DefaultValueFactory = _ => words[0],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && !words.Contains(word.Value)) result.AddError($"'{word.Value}' is none of {all}.");
        });
        return option;
    }

    static Option<ReplayBound?> Bound(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result => Parsed<ReplayBound>(
            result, ReplayBound.Parse, "is no place in a recording; write it like 2026-01-31T08:00:00Z, 08:00:30, or 90s after the start"),
    };

    static T? Parsed<T>(ArgumentResult result, Func<string, T?> parse, string problem) where T : struct
    {
        var text = result.Tokens[0].Value;
        var value = parse(text);
        if (value is null) result.AddError($"'{text}' {problem}.");
        return value;
    }
}

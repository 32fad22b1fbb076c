using System.Buffers;
using System.CommandLine;
using System.IO.Pipelines;
using Gateway.Actors.Hosting;
using Gateway.Cli.Opening;
using Gateway.Protocols.Masking;

namespace Gateway.Cli;

/// <summary><c>gateway masking</c>, for whoever has a masking key: opens what was encrypted with it, and tells the token of a text. Asks no node.</summary>
static class MaskingCommands
{
    const string Variable = "GATEWAY_MASKING_KEY";

    /// <summary>Bytes of a line, or of a record. Origin: the gateway masks frames of up to 100 MiB.</summary>
    public const int LongestLine = 128 * 1024 * 1024;

    const int Piece = 64 * 1024;

    public static Command All(CliOutput output, Func<string, string?> variables) =>
        new("masking", "Opens encrypted fields, and finds texts by their tokens. Needs the masking key.") { Open(output, variables), Token(output, variables) };

    static Command Open(CliOutput output, Func<string, string?> variables)
    {
        var (file, key, schemas) = (File("What is opened; else it is read from standard input."), Key(), new SchemaOptions(variables));
        var json = new Option<bool>("--json") { Description = "The text is JSON: what is opened is escaped for it." };
        var command = new Command("open", "Writes a text, or records in Avro, with their encrypted fields opened.") { file, key, json };
        schemas.AddTo(command, json);
        command.SetAction(async (parsed, cancel) =>
        {
            var fields = new EncryptedFields(KeyOf(parsed.GetValue(key), variables), parsed.GetValue(json));
            var source = schemas.Read(parsed);
            if (source is not null && output.IsTerminal) throw Usage("records would steer this terminal; pipe them, or redirect them into a file");
            await using var from = From(parsed.GetValue(file));
            if (source is null) await LinesAsync(from, line => fields.Open(line, output.Raw), cancel);
            else await new RecordOpener(fields, source, schemas.AreFramed(parsed)).OpenAsync(from, output.Raw, cancel);
            await output.Raw.FlushAsync(cancel);
            if (fields.Kept == 0) return ExitCode.Ok;
            output.Fail($"{fields.Kept} fields stay as they are: they are of another key, or were changed");
            return ExitCode.Failed;
        });
        return command;
    }

    static Command Token(CliOutput output, Func<string, string?> variables)
    {
        var (file, key) = (File("The texts, one a line; else they are read from standard input."), Key());
        var command = new Command("token", "Tells the token of each line, to look for it where it was put in the place of the text.") { file, key };
        command.SetAction(async (parsed, cancel) =>
        {
            var masking = KeyOf(parsed.GetValue(key), variables);
            await using var from = From(parsed.GetValue(file));
            await LinesAsync(from, line => output.Line(masking.Token(WithoutEnd(line))), cancel);
            return ExitCode.Ok;
        });
        return command;
    }

    static Argument<string?> File(string description) => new("file") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    static Option<string?> Key() => new("--key-file") { Description = $"The masking key: keyFile of the connection ({Variable}).", HelpName = "file" };

    static MaskingKey KeyOf(string? file, Func<string, string?> variables)
    {
        var path = file ?? (variables(Variable) is { Length: > 0 } named ? named : throw Usage($"which key? Give --key-file or set {Variable}"));
        var secret = ConfiguredFiles.Secret(path, out var problem) ?? throw Usage($"{Printable.Text(problem!.Value.Problem)}; {Printable.Text(problem.Value.Remedy)}");
        return MaskingKey.Of(secret) ?? throw Usage($"{Printable.Text(path)} is shorter than {MaskingKey.LeastCharacters} characters; name the masking key");
    }

    static Stream From(string? file)
    {
        if (file is null) return Console.OpenStandardInput();
        return ConfiguredFiles.Unreadable(file) is { } problem
            ? throw Usage($"{Printable.Text(problem.Problem)}; {Printable.Text(problem.Remedy)}")
            : System.IO.File.OpenRead(file);
    }

    /// <summary>Each line with its end, as soon as it is there.</summary>
    static async Task LinesAsync(Stream from, Action<ReadOnlySpan<byte>> line, CancellationToken cancel)
    {
        var reader = PipeReader.Create(from, new StreamPipeReaderOptions(bufferSize: Piece));
        // What was looked through for the end of its line is not looked through again with each piece.
        var looked = 0L;
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            var rest = read.Buffer;
            while (rest.Slice(looked).PositionOf((byte)'\n') is { } end)
            {
                var next = rest.GetPosition(1, end);
                Whole(rest.Slice(0, next), line);
                (rest, looked) = (rest.Slice(next), 0);
            }

            looked = rest.Length;
            if (rest.Length > LongestLine) throw new InvalidDataException($"A line is longer than {LongestLine} bytes.");
            if (read.IsCompleted)
            {
                if (!rest.IsEmpty) Whole(rest, line);
                return;
            }

            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    static void Whole(ReadOnlySequence<byte> bytes, Action<ReadOnlySpan<byte>> line)
    {
        if (bytes.IsSingleSegment) line(bytes.FirstSpan);
        else line(bytes.ToArray());
    }

    static ReadOnlySpan<byte> WithoutEnd(ReadOnlySpan<byte> line) => line.TrimEnd("\r\n"u8);

    static CommandException Usage(string problem) => new(ExitCode.Usage, problem);
}

using System.CommandLine;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Upstream;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Cli.Opening;

/// <summary>
/// Where the schemas of records are: files, or a registry. A secret for it is in a file or a variable: others on the machine see command lines.
/// </summary>
sealed class SchemaOptions(Func<string, string?> variables)
{
    const string SecretVariable = "GATEWAY_REGISTRY_SECRET";

    static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(20);

    readonly Option<string[]> _files = new("--schema")
    {
        Description = "The schema of records in Avro, whatever id they bear; schemas that it refers to before it, each with a --schema of its own.",
        HelpName = "file",
    };

    readonly Option<string?> _registry = Text("--registry", "url", "The registry that tells the schemas of records, https://host:port.");

    readonly Option<string?> _authorities = Text("--registry-ca", "file", "The authorities of its certificate, PEM. Default: the system's.");

    readonly Option<string?> _user = Text("--registry-user", "name", "Its user, whose password the secret is. Default: the secret is a token.");

    readonly Option<string?> _secret = Text("--registry-secret-file", "file", $"A file with the secret it wants (or {SecretVariable} holds it).");

    readonly Option<bool> _framed = new("--lengths")
    {
        Description = "Records stand behind their lengths, as kcat -f '%R%s' writes them, and so they are written. Default: the input is one record.",
    };

    public void AddTo(Command command, Option<bool> json)
    {
        foreach (var option in new Option[] { _files, _registry, _authorities, _user, _secret, _framed }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            var (isRegistry, isFile) = (result.GetResult(_registry) is not null, result.GetResult(_files) is not null);
            if (isRegistry && isFile) result.AddError("--schema and --registry exclude each other.");
            if ((isRegistry || isFile) && result.GetValue(json)) result.AddError("--json is for texts: records are what their schema says.");
            if (!isRegistry && new Option[] { _authorities, _user, _secret }.Any(option => result.GetResult(option) is not null))
                result.AddError("--registry-ca, --registry-user and --registry-secret-file go with --registry.");
            if (!isRegistry && !isFile && result.GetValue(_framed)) result.AddError("--lengths is for records: add --schema or --registry.");
        });
    }

    public bool AreFramed(ParseResult parsed) => parsed.GetValue(_framed);

    /// <summary>Tells the schema of an id, or why it is not known; null: what is read are texts.</summary>
    public Func<int, Task<Verdict<RegisteredSchema>>>? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_registry) is { } registry) return OfRegistry(parsed, registry);
        if (parsed.GetValue(_files) is not { Length: > 0 } files) return null;
        var schema = AvroSchema.TryRead([.. files.Select(Content)], out var problem)
            ?? throw Usage($"{Printable.Text(files[^1])} {Printable.Text(problem)}; name a schema of Avro");
        var known = Task.FromResult<Verdict<RegisteredSchema>>(RegisteredSchema.Of(schema));
        return _ => known;
    }

    Func<int, Task<Verdict<RegisteredSchema>>> OfRegistry(ParseResult parsed, string url)
    {
        var user = parsed.GetValue(_user);
        var secret = Secret(parsed.GetValue(_secret));
        if (user is not null && secret is null)
            throw Usage($"--registry-user goes with a password: give --registry-secret-file or set {SecretVariable}");
        var registry = new SchemaRegistry
        {
            Url = SchemaRegistry.UrlOf(url) ?? throw Usage("--registry must be a URL like https://registry.internal:8081"),
            UserName = user,
            Secret = secret is null ? null : new SecretPlace(null, SecretVariable, null),
            Authorities = SourceOptions.Authorities(parsed.GetValue(_authorities), "--registry-ca") ?? [],
            Timeout = s_timeout,
        };
        return new SchemaQuestion(registry, (_, _) => Task.FromResult<Verdict<string>>(secret!), TimeProvider.System).AskAsync;
    }

    string? Secret(string? file)
    {
        if (file is null) return variables(SecretVariable) is { Length: > 0 } given ? given : null;
        return ConfiguredFiles.Secret(file, out var problem) ?? throw Faulty(problem!.Value);
    }

    static string Content(string file)
    {
        if (ConfiguredFiles.Unreadable(file) is { } problem) throw Faulty(problem);
        return ConfiguredFiles.Text(file, AvroSchema.LongestText)
            ?? throw Usage($"{Printable.Text(file)} is larger than {AvroSchema.LongestText} bytes; name a schema of Avro");
    }

    static Option<string?> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    static CommandException Faulty(FileProblem file) => Usage($"{Printable.Text(file.Problem)}; {Printable.Text(file.Remedy)}");

    static CommandException Usage(string problem) => new(ExitCode.Usage, problem);
}

using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Record;

namespace Gateway.Cli;

/// <summary>Which node's admin API a command speaks to, and as whom. Options come before environment variables.</summary>
public sealed class SourceOptions(Func<string, string?> variables)
{
    const int MostTokenBytes = 64 * 1024;

    readonly Option<string?> _node = Text("--node", "url", "A node's admin API, https://host:port (GATEWAY_NODE).");

    readonly Option<string?> _token = Text("--token", "token", "The token; others on this machine can see it. Better: --token-file.");

    readonly Option<string?> _tokenFile = Text("--token-file", "file", "A file with the token (or GATEWAY_TOKEN holds it).");

    readonly Option<string?> _ca = Text("--ca", "file", "The authorities of the node's certificate, PEM (GATEWAY_CA).");

    readonly Option<string?> _journal = Text(
        "--journal", "journal", "Offline: the journal itself, a SQLite file, postgresql://user@host/db or a connection string (GATEWAY_JOURNAL).");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _node, _token, _tokenFile, _ca }) command.Options.Add(option);
    }

    /// <summary>For commands that only read: from a node, or from the journal.</summary>
    public void AddArchiveTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_journal);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_node) is not null && result.GetValue(_journal) is not null)
                result.AddError("--node and --journal exclude each other.");
        });
    }

    /// <summary>The sessions of a node, or with <c>--journal</c> those of the journal itself.</summary>
    public async Task<ArchiveSource> ArchiveAsync(ParseResult parsed, CancellationToken cancel)
    {
        var journal = parsed.GetValue(_journal) ?? (parsed.GetValue(_node) is null ? Variable("GATEWAY_JOURNAL") : null);
        if (journal is null) return ArchiveSource.Of(Node(parsed));
        try
        {
            return await ArchiveSource.OfJournalAsync(journal, cancel);
        }
        catch (JournalUnavailableException e)
        {
            throw new CommandException(ExitCode.Unreachable, Printable.Text(e.Message), e);
        }
    }

    /// <summary>The node's admin API.</summary>
    public AdminClient Node(ParseResult parsed)
    {
        var node = parsed.GetValue(_node) ?? Variable("GATEWAY_NODE");
        if (node is null) throw Usage("which node? Give --node https://host:port or set GATEWAY_NODE");
        if (!Uri.TryCreate(node, UriKind.Absolute, out var url) || !IsPlain(url))
            throw Usage("--node must be a URL like https://gateway-0.internal:8443");
        return new AdminClient(url, Token(parsed), Authorities(parsed.GetValue(_ca) ?? Variable("GATEWAY_CA")));
    }

    static bool IsPlain(Uri url) => url.Scheme == Uri.UriSchemeHttps && url is { Query: "", Fragment: "", UserInfo: "" };

    string? Token(ParseResult parsed)
    {
        var (token, file) = (parsed.GetValue(_token), parsed.GetValue(_tokenFile));
        if (token is not null && file is not null) throw Usage("--token and --token-file are both given; use one");
        var found = (file is null ? token ?? Variable("GATEWAY_TOKEN") : ReadFile(file, "--token-file"))?.Trim();
        return found is null || IsToken(found) ? found : throw Usage("the token holds characters that no token has; give the token alone");
    }

    static X509Certificate2Collection? Authorities(string? file)
    {
        if (file is null) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(ReadFile(file, "--ca"));
        }
        catch (CryptographicException e)
        {
            throw new CommandException(ExitCode.Usage, $"--ca {Printable.Text(file)} holds what is no certificate", e);
        }

        return authorities.Count > 0 ? authorities : throw Usage($"--ca {Printable.Text(file)} holds no certificate in PEM");
    }

    internal static string ReadFile(string file, string option)
    {
        try
        {
            if (new FileInfo(file).Length <= MostTokenBytes * 16) return File.ReadAllText(file);
            throw Usage($"{option} {Printable.Text(file)} is too large to be one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"{option} {Printable.Text(file)} cannot be read; name a file that you may read", e);
        }
    }

    // RFC 6750 section 2.1: b64token.
    static bool IsToken(string token) => token.Length is > 0 and <= MostTokenBytes
        && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=');

    static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    string? Variable(string name) => variables(name) is { Length: > 0 } value ? value : null;

    static CommandException Usage(string problem) => new(ExitCode.Usage, problem);
}

using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Hosting;
using Gateway.Actors.Record;
using Gateway.Actors.Registry;
using Gateway.Cli.Login;

namespace Gateway.Cli;

/// <summary>Which node's admin API a command speaks to, and as whom. Options come before environment variables.</summary>
public sealed class SourceOptions(Func<string, string?> variables)
{
    const int MostTokenBytes = 64 * 1024;

    readonly Option<string?> _node = Text("--node", "url", "A node's admin API, https://host:port (GATEWAY_NODE).");

    readonly Option<string?> _token = Text("--token", "token", "The token; others on this machine can see it. Better: gateway login, or --token-file.");

    readonly Option<string?> _tokenFile = Text("--token-file", "file", "A file with the token (or GATEWAY_TOKEN holds it).");

    readonly Option<string?> _certificate = Text(
        "--certificate", "file", "Instead of a token: a client certificate with its intermediates, PEM (GATEWAY_CERTIFICATE).");

    readonly Option<string?> _key = Text("--certificate-key", "file", "Its private key, PEM, where it lies in another file (GATEWAY_CERTIFICATE_KEY).");

    readonly Option<string?> _ca = Text("--ca", "file", "The authorities of the node's certificate, PEM (GATEWAY_CA).");

    readonly Option<string?> _journal = Text(
        "--journal", "journal", "Offline: the journal itself, a SQLite file, postgresql://user@host/db or a connection string (GATEWAY_JOURNAL).");

    readonly Option<string?> _clusterKey = Text("--cluster-key", "file", "Offline: the cluster's key, which opens recordings (GATEWAY_CLUSTER_KEY).");

    public void AddTo(Command command)
    {
        foreach (var option in new[] { _node, _token, _tokenFile, _certificate, _key, _ca }) command.Options.Add(option);
    }

    /// <summary>For commands that only read: from a node, or from the journal.</summary>
    public void AddArchiveTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_journal);
        command.Options.Add(_clusterKey);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_node) is not null && result.GetValue(_journal) is not null)
                result.AddError("--node and --journal exclude each other.");
        });
    }

    /// <summary>The sessions of a node, or with <c>--journal</c> those of the journal itself.</summary>
    public async Task<ArchiveSource> ArchiveAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (Journal(parsed) is not { } journal) return ArchiveSource.Of(Node(parsed));
        try
        {
            return await ArchiveSource.OfJournalAsync(journal, ClusterKeyOf(parsed), cancel);
        }
        catch (JournalUnavailableException e)
        {
            throw new CommandException(ExitCode.Unreachable, Printable.Text(e.Message), e);
        }
    }

    /// <summary>The journal that a command reads instead of asking a node; null: it asks a node.</summary>
    public string? Journal(ParseResult parsed) => parsed.GetValue(_journal) ?? (parsed.GetValue(_node) is null ? Variable("GATEWAY_JOURNAL") : null);

    ClusterKey? ClusterKeyOf(ParseResult parsed) =>
        (parsed.GetValue(_clusterKey) ?? Variable("GATEWAY_CLUSTER_KEY")) is { } file ? ClusterKey.Load(file, create: false) : null;

    /// <summary>The node's admin API.</summary>
    public AdminClient Node(ParseResult parsed)
    {
        var url = Address(parsed) ?? throw Usage("which node? Give --node https://host:port or set GATEWAY_NODE");
        var authorities = NodeAuthorities(parsed);
        if (GivenToken(parsed) is { } given) return new AdminClient(url, given, authorities);
        if (CertificateFile(parsed) is { } file)
            return new AdminClient(url, (string?)null, authorities, ClientCertificates.Load(file, parsed.GetValue(_key) ?? Variable("GATEWAY_CERTIFICATE_KEY")));
        var logins = Logins(variables);
        return new AdminClient(url, async cancel => logins is null ? null : await logins.TokenAsync(TargetOf(url), cancel), authorities);
    }

    /// <summary>The token to be for a while: the given one, or the stored one as it is then.</summary>
    public Func<CancellationToken, Task<string>> Token(ParseResult parsed)
    {
        if (GivenToken(parsed) is { } given) return _ => Task.FromResult(given);
        var (logins, target) = (LoginCommands.Required(variables), TargetOf(Address(parsed)!));
        return cancel => LoginCommands.TokenAsync(logins, target, cancel);
    }

    /// <summary>The node's admin API, to which one says nothing of oneself.</summary>
    public AdminClient Stranger(ParseResult parsed) => new(
        Address(parsed) ?? throw Usage("which node? Give --node https://host:port or set GATEWAY_NODE"), (string?)null, NodeAuthorities(parsed));

    /// <summary>The node that is asked, if one is.</summary>
    public Uri? Address(ParseResult parsed)
    {
        var node = parsed.GetValue(_node) ?? Variable("GATEWAY_NODE");
        if (node is null) return null;
        return Uri.TryCreate(node, UriKind.Absolute, out var url) && IsPlain(url) ? url : throw Usage("--node must be a URL like https://gateway-0.internal:8443");
    }

    /// <summary>What nodes are verified with; null: the system's authorities.</summary>
    public X509Certificate2Collection? NodeAuthorities(ParseResult parsed) => Authorities(parsed.GetValue(_ca) ?? Variable("GATEWAY_CA"), "--ca");

    /// <summary>For commands that speak to a node as nobody, or as whom the store says.</summary>
    public void AddNodeTo(Command command)
    {
        foreach (var option in new[] { _node, _ca }) command.Options.Add(option);
    }

    /// <summary>How the store calls a node.</summary>
    public static string TargetOf(Uri node) => node.GetLeftPart(UriPartial.Authority);

    /// <summary>The logins of this user; null where there is no place for them.</summary>
    public static Logins? Logins(Func<string, string?> variables) =>
        PrivateDirectory.Of(variables) is { } directory ? new Logins(directory, TimeProvider.System) : null;

    static bool IsPlain(Uri url) => url.Scheme == Uri.UriSchemeHttps && url is { Query: "", Fragment: "", UserInfo: "" };

    string? GivenToken(ParseResult parsed)
    {
        var (token, file) = (parsed.GetValue(_token), parsed.GetValue(_tokenFile));
        if (token is not null && file is not null) throw Usage("--token and --token-file are both given; use one");
        var isByCertificate = parsed.GetValue(_certificate) is not null;
        if (isByCertificate && (token ?? file) is not null) throw Usage("a token and --certificate are both given; use one");
        if (isByCertificate) return null;
        var found = (file is null ? token ?? Variable("GATEWAY_TOKEN") : ReadFile(file, "--token-file"))?.Trim();
        return found is null || IsToken(found) ? found : throw Usage("the token holds characters that no token has; give the token alone");
    }

    string? CertificateFile(ParseResult parsed)
    {
        var file = parsed.GetValue(_certificate) ?? Variable("GATEWAY_CERTIFICATE");
        return file is null && parsed.GetValue(_key) is not null ? throw Usage("--certificate-key is given without --certificate; name both") : file;
    }

    internal static X509Certificate2Collection? Authorities(string? file, string option)
    {
        if (file is null) return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(ReadFile(file, option));
        }
        catch (CryptographicException e)
        {
            throw new CommandException(ExitCode.Usage, $"{option} {Printable.Text(file)} holds what is no certificate", e);
        }

        return authorities.Count > 0 ? authorities : throw Usage($"{option} {Printable.Text(file)} holds no certificate in PEM");
    }

    internal static string ReadFile(string file, string option)
    {
        try
        {
            return ConfiguredFiles.Text(file, MostTokenBytes * 16) ?? throw Usage($"{option} {Printable.Text(file)} is too large to be one");
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

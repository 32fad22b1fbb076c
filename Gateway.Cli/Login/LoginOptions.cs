using System.CommandLine;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Login;

/// <summary>The options of <c>gateway login</c>, and which issuer they mean.</summary>
sealed class LoginOptions(SourceOptions source)
{
    readonly Option<string?> _issuer = Text("--issuer", "name or url", "Which of the node's issuers; or any issuer's URL, with --client-id.");

    readonly Option<string?> _clientId = Text("--client-id", "id", "The client to be at the issuer. Default: what the node says.");

    readonly Option<string?> _scope = Text("--scope", "scopes", "What to ask for. Default: what the node says.");

    readonly Option<string?> _resource = Text("--resource", "uri", "The resource to get a token for (RFC 8707). Default: what the node says.");

    readonly Option<string?> _issuerCa = Text("--issuer-ca", "file", "The authorities of the issuer's certificate, PEM. Default: what the node says.");

    readonly Option<string?> _secretFile = Text("--client-secret-file", "file", "Log in as a service account, whose secret this file holds.");

    readonly Option<string?> _saml = Text("--saml", "name", "Log in at this SAML provider of the node.");

    readonly Option<bool> _device = new("--device") { Description = "Log in on another machine, by entering a code there." };

    readonly Option<bool> _noBrowser = new("--no-browser") { Description = "Print the address instead of opening a browser." };

    public void AddTo(Command command)
    {
        source.AddNodeTo(command);
        foreach (var option in new Option[] { _issuer, _clientId, _scope, _resource, _issuerCa, _secretFile, _saml, _device, _noBrowser })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_secretFile) is not null && result.GetValue(_clientId) is null) result.AddError("--client-secret-file takes --client-id too.");
            if (result.GetValue(_saml) is not null && (result.GetValue(_issuer) ?? result.GetValue(_clientId) ?? result.GetValue(_secretFile)) is not null)
                result.AddError("--saml excludes --issuer, --client-id and --client-secret-file.");
            if (result.GetValue(_saml) is not null && result.GetValue(_device)) result.AddError("--saml and --device exclude each other.");
            if (result.GetValue(_device) && result.GetValue(_noBrowser)) result.AddError("--device and --no-browser exclude each other.");
        });
    }

    public string? SecretFile(ParseResult parsed) => parsed.GetValue(_secretFile) is { } file ? Path.GetFullPath(file) : null;

    public string? Saml(ParseResult parsed) => parsed.GetValue(_saml);

    public bool IsByDevice(ParseResult parsed, Func<string, string?> variables) =>
        parsed.GetValue(_device) || (!parsed.GetValue(_noBrowser) && !Browser.IsThere(variables));

    public bool OpensBrowser(ParseResult parsed) => !parsed.GetValue(_noBrowser);

    /// <summary>The issuer that is meant: given whole, or as the node describes it with what was given in its stead.</summary>
    public async Task<IssuerSettings> IssuerAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (issuer, clientId) = (parsed.GetValue(_issuer), parsed.GetValue(_clientId));
        var authorities = parsed.GetValue(_issuerCa) is { } file ? SourceOptions.Authorities(file, "--issuer-ca")?.ExportCertificatePems() : null;
        var node = source.Address(parsed);
        if (IsUrl(issuer))
        {
            if (clientId is null) throw Usage("--issuer URL takes --client-id too; or give the name of an issuer of the node");
            var target = node is null ? issuer! : SourceOptions.TargetOf(node);
            return new(target, issuer!, clientId, parsed.GetValue(_scope) ?? "openid offline_access", parsed.GetValue(_resource), authorities);
        }

        if (node is null) throw Usage("where to log in? Give --node https://host:port, or --issuer URL with --client-id");
        var told = await ChooseAsync(parsed, issuer, cancel);
        // A service account brings no person along, whose scopes the node's are.
        var scope = parsed.GetValue(_scope) ?? (SecretFile(parsed) is null ? told.Scope : "");
        return new(
            SourceOptions.TargetOf(node), told.Authority, clientId ?? told.ClientId, scope, parsed.GetValue(_resource) ?? told.Resource,
            authorities ?? told.Authorities);
    }

    async Task<LoginIssuerView> ChooseAsync(ParseResult parsed, string? name, CancellationToken cancel)
    {
        using var node = source.Stranger(parsed);
        var issuers = (await node.GetAsync("/v1/login", AdminJson.Default.LoginView, cancel)).Issuers;
        var names = string.Join(", ", issuers.Select(issuer => Printable.Text(issuer.Name)));
        if (name is not null)
            return issuers.FirstOrDefault(i => i.Name == name) ?? throw Usage($"the node has no issuer {Printable.Text(name)} to log in at; it has {(names.Length > 0 ? names : "none")}");
        return issuers switch
        {
            [var only] => only,
            [] => throw new CommandException(ExitCode.Failed, "nobody logs in to this node by command; ask its operators for Issuers:N:CliClientId"),
            _ => throw Usage($"the node has several issuers; choose one with --issuer: {names}"),
        };
    }

    static bool IsUrl(string? issuer) => Uri.TryCreate(issuer, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps ? true : throw Usage("--issuer must be an https URL, or the name of an issuer of the node"));

    static CommandException Usage(string problem) => new(ExitCode.Usage, problem);

    static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}

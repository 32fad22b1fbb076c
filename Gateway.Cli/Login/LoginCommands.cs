using System.CommandLine;
using System.Globalization;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Login;

/// <summary><c>gateway login</c>, <c>logout</c>, <c>whoami</c> and <c>token</c>: who one is, and the token that proves it.</summary>
static class LoginCommands
{
    public static Command Login(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var options = new LoginOptions(source);
        var command = new Command("login", "Logs you in, or a service account, and keeps the token for this user's commands.");
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var logins = Required(variables);
            var login = await LogInAsync(source, options, parsed, logins, output, variables, cancel);
            await logins.Store.SaveAsync(login, cancel);
            output.Line($"logged in for {Printable.Text(login.For)}, until {Time(login.Expires)}{(login.Kind == LoginKind.Saml ? "" : ", renewed when needed")}");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command Logout(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var issuer = IssuerOption();
        var command = new Command("logout", "Forgets the login for a node, here and at its issuer.") { issuer };
        source.AddNodeTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var target = Target(source, parsed, parsed.GetValue(issuer));
            if (await Required(variables).ForgetAsync(target, cancel) is not { } forgotten)
            {
                output.Line($"there is no login for {Printable.Text(target)}");
                return ExitCode.Ok;
            }

            output.Line($"logged out of {Printable.Text(target)}");
            if (!forgotten.IsRevoked) output.Say($"gateway: {Printable.Text(forgotten.Login.Issuer)} could not be told; the login lasts there until it expires");
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command WhoAmI(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("whoami", "Says who you are to a node.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var who = await node.GetAsync("/v1/me", AdminJson.Default.CallerView, cancel);
            if (parsed.GetValue(json)) output.Json(who, AdminJson.Indented.CallerView);
            else output.Table(["FIELD", "VALUE"], Rows(who));
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command Token(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var connection = new Option<string?>("--connection") { Description = "Make sure that this connection takes the token as its password.", HelpName = "name" };
        var issuer = IssuerOption();
        var command = new Command("token", "Prints your token, renewed if it is due: the password for clients.") { connection, issuer };
        source.AddNodeTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(connection) is { } name) await RequireTokenAsync(source, parsed, name, cancel);
            output.Line(await TokenAsync(Required(variables), Target(source, parsed, parsed.GetValue(issuer)), cancel));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The place for logins, which there must be.</summary>
    internal static Logins Required(Func<string, string?> variables) => SourceOptions.Logins(variables)
        ?? throw new CommandException(ExitCode.Usage, "there is no place to keep logins; set HOME or XDG_CONFIG_HOME");

    internal static async Task<string> TokenAsync(Logins logins, string target, CancellationToken cancel) => await logins.TokenAsync(target, cancel)
        ?? throw new CommandException(ExitCode.Refused, $"you are not logged in for {Printable.Text(target)}; run gateway login");

    /// <summary>How the connection is reached. Throws when it does not admit the caller.</summary>
    internal static async Task<ReachableConnectionView> ReachAsync(AdminClient node, string connection, CancellationToken cancel) =>
        await node.FindAsync($"/v1/me/connections/{Uri.EscapeDataString(connection)}", AdminJson.Default.ReachableConnectionView, cancel)
        ?? throw new CommandException(ExitCode.NotFound, $"no connection {Printable.Text(connection)} admits you; ask its operators for access");

    static async Task<StoredLogin> LogInAsync(
        SourceOptions source, LoginOptions options, ParseResult parsed, Logins logins, CliOutput output, Func<string, string?> variables,
        CancellationToken cancel)
    {
        if (options.Saml(parsed) is { } provider)
        {
            using var node = source.Stranger(parsed);
            var target = SourceOptions.TargetOf(source.Address(parsed)!);
            return await new SamlLogin(node, target, output, TimeProvider.System).ByBrowserAsync(provider, options.OpensBrowser(parsed), cancel);
        }

        var settings = await options.IssuerAsync(parsed, cancel);
        if (options.SecretFile(parsed) is { } secret) return await logins.ServiceAsync(settings, secret, cancel);
        using var issuer = new IssuerClient(settings, TimeProvider.System);
        var person = new PersonLogin(issuer, output, TimeProvider.System);
        return options.IsByDevice(parsed, variables)
            ? await person.ByDeviceAsync(cancel)
            : await person.ByBrowserAsync(options.OpensBrowser(parsed), cancel);
    }

    static async Task RequireTokenAsync(SourceOptions source, ParseResult parsed, string connection, CancellationToken cancel)
    {
        using var node = source.Node(parsed);
        if ((await ReachAsync(node, connection, cancel)).TakesToken) return;
        throw new CommandException(
            ExitCode.Failed, $"connection {Printable.Text(connection)} takes client certificates, not tokens; run gateway cert issue");
    }

    static string Target(SourceOptions source, ParseResult parsed, string? issuer)
    {
        if (issuer is not null) return issuer;
        return source.Address(parsed) is { } node
            ? SourceOptions.TargetOf(node)
            : throw new CommandException(ExitCode.Usage, "which login? Give --node https://host:port, set GATEWAY_NODE, or give --issuer URL");
    }

    static Option<string?> IssuerOption() =>
        new("--issuer") { Description = "For a login without a node: the issuer's URL.", HelpName = "url" };

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    static IReadOnlyList<IReadOnlyList<string>> Rows(CallerView who) =>
    [
        ["subject", who.Name], ["issuer", who.Issuer], ["groups", string.Join(", ", who.Groups)], ["roles", string.Join(", ", who.Roles)],
        ["expires", who.Expires is { } end ? Time(end) : "never"],
    ];
}

using System.CommandLine;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway certs</c>: the certificates that the cluster looks after, for operators.</summary>
static class CertsCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new("certs", "Shows and rotates the certificates that the cluster looks after.")
    {
        List(source, output),
        Show(source, output),
        Named("rotate", "Has a new version made at once.", source, output, (certs, name, json, cancel) => certs.RotateAsync(name, json, cancel)),
        Named("history", "Lists the phases of its rotations, from the verified record.", source, output, (certs, name, json, cancel) => certs.HistoryAsync(name, json, cancel)),
        Revoke(source, output),
        Import(source, output),
        Named("remove", "Removes one that no connection presents.", source, output, (certs, name, json, cancel) => certs.RemoveAsync(name, json, cancel)),
        AuthorityCommands.All(source, output),
        AccountCommands.All(source, output),
    };

    static Command List(SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command("list", "Lists them, and how far every node is.") { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new CertificateQueries(node, output).ListAsync(parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Show(SourceOptions source, CliOutput output)
    {
        var name = NameArgument();
        var pem = new Option<bool>("--pem") { Description = "Prints the chain that is presented, and nothing else." };
        var withKey = new Option<bool>("--with-key") { Description = "With --out: writes the private key too, which is recorded." };
        var file = new Option<string?>("--out") { Description = "Where chain and key are written, readable by you alone; must not exist.", HelpName = "file" };
        var json = SessionCommands.JsonOption();
        var command = new Command("show", "Shows one: its versions, nodes and declaration.") { name, pem, withKey, file, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(withKey) != result.GetValue(file) is not null) result.AddError("--with-key and --out go together: a key is written to a file, never to the screen.");
        });
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var certs = new CertificateQueries(node, output);
            var asked = parsed.GetRequiredValue(name);
            if (parsed.GetValue(file) is { } to) return await certs.ExportAsync(asked, to, cancel);
            return parsed.GetValue(pem) ? await certs.PemAsync(asked, cancel) : await certs.ShowAsync(asked, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Revoke(SourceOptions source, CliOutput output)
    {
        var which = new Argument<string>("name|serial") { Description = "The certificate's name, for the version in use; or a serial number in hex." };
        var reason = new Option<string>("--reason") { Description = "Why, for the record.", Required = true, HelpName = "text" };
        var json = SessionCommands.JsonOption();
        var command = new Command("revoke", "Revokes a version, and has another made where it is in use.") { which, reason, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await new CertificateQueries(node, output).RevokeAsync(
                parsed.GetRequiredValue(which), parsed.GetRequiredValue(reason), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Import(SourceOptions source, CliOutput output)
    {
        var name = NameArgument();
        var cert = new Option<string>("--cert") { Description = "The chain (PEM), the certificate itself first.", Required = true, HelpName = "file" };
        var key = new Option<string>("--key-file") { Description = "Its private key (PEM, unencrypted), readable by you alone.", Required = true, HelpName = "file" };
        var use = new Option<string>("--use") { Description = "server or client, where it is not declared yet. Default: server.", HelpName = "use", DefaultValueFactory = _ => "server" };
        var json = SessionCommands.JsonOption();
        use.AcceptOnlyFromAmong("server", "client");
        var command = new Command("import", "Hands in a certificate that was issued elsewhere; it is sealed and given to every node.") { name, cert, key, use, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var request = CertificateFile.Read(parsed.GetRequiredValue(cert), parsed.GetRequiredValue(key), parsed.GetRequiredValue(use));
            using var node = source.Node(parsed);
            return await new CertificateQueries(node, output).ImportAsync(parsed.GetRequiredValue(name), request, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Command Named(
        string verb, string description, SourceOptions source, CliOutput output, Func<CertificateQueries, string, bool, CancellationToken, Task<int>> ask)
    {
        var name = NameArgument();
        var json = SessionCommands.JsonOption();
        var command = new Command(verb, description) { name, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return await ask(new CertificateQueries(node, output), parsed.GetRequiredValue(name), parsed.GetValue(json), cancel);
        });
        return command;
    }

    static Argument<string> NameArgument() => new("name") { Description = "The certificate's name." };
}

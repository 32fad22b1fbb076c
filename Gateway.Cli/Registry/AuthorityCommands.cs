using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Actors.Certificates;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Cli.Registry;

/// <summary><c>gateway certs authority</c>: the cluster's own authorities and their roll-over, for operators.</summary>
static class AuthorityCommands
{
    public static Command All(SourceOptions source, CliOutput output) => new("authority", "Shows the cluster's own authorities, and takes a roll-over from stage to stage.")
    {
        Show(source, output),
        Begin("init", "Gives the cluster its first authority, whose root key stays with you; without this the cluster makes one when it needs it.", source, output, needsKey: true),
        Begin("rollover", "Begins a roll-over: a new authority is trusted and published beside the one that signs.", source, output, needsKey: false),
        Step("advance", "Takes the roll-over on: the new authority signs, and then the old one is trusted no more.", "/v1/authorities/advance", source, output),
        Step("back", "Takes the roll-over back by one stage.", "/v1/authorities/back", source, output),
    };

    static Command Show(SourceOptions source, CliOutput output)
    {
        var pem = new Option<bool>("--pem") { Description = "Prints whom to trust, roots and intermediates, and nothing else." };
        var json = SessionCommands.JsonOption();
        var command = new Command("show", "Lists them with their stages.") { pem, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            if (parsed.GetValue(pem))
            {
                foreach (var line in (await node.GetTextAsync("/v1/authorities.pem", cancel)).TrimEnd('\n').Split('\n')) output.Line(Printable.Text(line));
                return ExitCode.Ok;
            }

            var authorities = await node.GetAsync("/v1/authorities", AdminJson.Default.IReadOnlyListAuthorityView, cancel);
            if (parsed.GetValue(json)) output.Json(authorities, AdminJson.Indented.IReadOnlyListAuthorityView);
            else output.Table(["AUTHORITY", "STAGE", "TRUSTED", "NOT AFTER", "CERTIFICATES", "ROOT"], [.. authorities.Select(Row)]);
            return ExitCode.Ok;
        });
        return command;
    }

    static Command Begin(string verb, string description, SourceOptions source, CliOutput output, bool needsKey)
    {
        var file = new Option<string?>("--root-key")
        {
            Description = "Keeps the root's key in this file (made when it is not there, with the root's certificate beside it) and out of the cluster.",
            Required = needsKey,
            HelpName = "file",
        };
        var json = SessionCommands.JsonOption();
        var command = new Command(verb, description) { file, json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var body = parsed.GetValue(file) is { } path ? JsonContent.Create(OfflineRoot.Sign(path, TimeProvider.System.GetUtcNow()), AdminRequestJson.Default.AuthorityRequest) : null;
            if (body is not null) await body.LoadIntoBufferAsync(cancel);
            using var node = source.Node(parsed);
            return Report(await node.PostAsync("/v1/authorities", body, AdminJson.Default.RevisionView, cancel), parsed.GetValue(json), output);
        });
        return command;
    }

    static Command Step(string verb, string description, string path, SourceOptions source, CliOutput output)
    {
        var json = SessionCommands.JsonOption();
        var command = new Command(verb, description) { json };
        source.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            return Report(await node.PostAsync(path, null, AdminJson.Default.RevisionView, cancel), parsed.GetValue(json), output);
        });
        return command;
    }

    static int Report(RevisionView? answer, bool json, CliOutput output)
    {
        if (answer is null) throw new CommandException(ExitCode.NotFound, "the node knows no authorities; is it of this version?");
        if (json) output.Json(answer, AdminJson.Indented.RevisionView);
        else output.Line(string.Create(CultureInfo.InvariantCulture, $"done; the registry is at revision {answer.Revision}. See: gateway certs authority show"));
        return ExitCode.Ok;
    }

    static string[] Row(AuthorityView authority) =>
    [
        authority.Generation.ToString(CultureInfo.InvariantCulture), authority.Stage, authority.Trusted ? "yes" : "no", authority.NotAfter,
        authority.Certificates.ToString(CultureInfo.InvariantCulture), authority.Root,
    ];
}

/// <summary>A root whose key lies with an operator: the same root may sign one intermediate after the other.</summary>
static class OfflineRoot
{
    const string Name = "Gateway authority";

    /// <summary>A new intermediate of the root whose key is in that file; makes both files when the key's is not there.</summary>
    public static AuthorityRequest Sign(string keyFile, DateTimeOffset now)
    {
        var certificateFile = Path.ChangeExtension(keyFile, ".crt");
        if (!File.Exists(keyFile)) Make(keyFile, certificateFile, now);
        using var root = Read(keyFile, certificateFile);
        using var intermediate = CertificateMaker.Intermediate(Name, root, now);
        using var key = intermediate.GetECDsaPrivateKey()!;
        return new AuthorityRequest(intermediate.ExportCertificatePem() + "\n" + root.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem());
    }

    static void Make(string keyFile, string certificateFile, DateTimeOffset now)
    {
        using var root = CertificateMaker.Root($"{Name} root", now);
        using var key = root.GetECDsaPrivateKey()!;
        CertificateFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        CertificateFile.Write(certificateFile, root.ExportCertificatePem() + "\n");
    }

    static X509Certificate2 Read(string keyFile, string certificateFile)
    {
        var request = CertificateFile.Read(certificateFile, keyFile, "");
        try
        {
            return X509Certificate2.CreateFromPem(request.Chain, request.Key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CommandException(
                ExitCode.Usage, $"{Printable.Text(certificateFile)} and {Printable.Text(keyFile)} are no root and its key (PEM); name the key that was made by init", e);
        }
    }
}

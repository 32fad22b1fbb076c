using System.CommandLine;
using Gateway.Actors.Hosting;

namespace Gateway.Cli.Login;

/// <summary><c>gateway cert</c>: client certificates for streams and players that know no tokens.</summary>
static class CertificateCommands
{
    public static Command All(SourceOptions source, CliOutput output, Func<string, string?> variables)
    {
        var connection = new Option<string?>("--connection") { Description = "Make sure that this connection accepts it.", HelpName = "name" };
        var lifetime = new Option<string?>("--for") { Description = "How long it is to last, such as 1h; by default as long as the cluster allows.", HelpName = "time" };
        lifetime.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !(Durations.TryParse(text, out var time) && time > TimeSpan.Zero))
                result.AddError("--for must be a time such as 20m or 2h.");
        });
        var issue = new Command("issue", "Has a client certificate issued to you, and keeps it with its key for this user.") { connection, lifetime };
        source.AddTo(issue);
        issue.SetAction(async (parsed, cancel) =>
        {
            using var node = source.Node(parsed);
            var (target, store) = (SourceOptions.TargetOf(source.Address(parsed)!), LoginCommands.Required(variables).Certificates);
            var issued = await new CertificateIssue(node, target, store).RunAsync(parsed.GetValue(connection), parsed.GetValue(lifetime), cancel);
            output.Line($"certificate {Printable.Text(issued.Serial)}, until {LoginCommands.Time(issued.Expires)}, with its key in {Printable.Text(store.PathFor(target))}");
            return ExitCode.Ok;
        });
        return new Command("cert", "Client certificates.") { issue };
    }
}

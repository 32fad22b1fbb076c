using System.Data.Common;
using Npgsql;

namespace Gateway.Actors.Record;

/// <summary>How auditors name a journal on a command line.</summary>
public static class JournalConnectionString
{
    const string Remedy = "give a file, sqlite:FILE, postgresql://USER@HOST/DATABASE, or a connection string with Data Source or Host";

    static readonly string[] s_schemes = ["postgresql://", "postgres://"];

    /// <summary>
    /// The journal named by <c>sqlite:path</c>, a plain path, <c>Data Source=...</c>, <c>Host=...;...</c> or
    /// <c>postgresql://user@host/db</c>, opened for reading alone: nothing is created or altered, a node may record beside it. A password
    /// is better left to PGPASSWORD or ~/.pgpass. Throws <see cref="JournalUnavailableException"/>, without quoting the text.
    /// </summary>
    public static JournalDatabase Parse(string text)
    {
        if (text.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase))
            return File(text["sqlite:".Length..]);
        if (s_schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)))
            return new PostgreSqlJournal(FromUri(text), readOnly: true);
        if (!text.Contains('=') || System.IO.File.Exists(text))
            return File(text);
        var given = Pairs(text);
        if (given.ContainsKey("Data Source") || given.ContainsKey("DataSource") || given.ContainsKey("Filename"))
            return new SqliteJournal(text, readOnly: true);
        return given.ContainsKey("Host") || given.ContainsKey("Server") ? new PostgreSqlJournal(text, readOnly: true) : throw Unknown();
    }

    static SqliteJournal File(string path) => path.Length == 0
        ? throw Unknown()
        : new SqliteJournal(new DbConnectionStringBuilder { ["Data Source"] = path }.ConnectionString, readOnly: true);

    static DbConnectionStringBuilder Pairs(string text)
    {
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            // The message may quote a password.
            throw Unknown();
        }
    }

    /// <summary>
    /// A connection URI as PostgreSQL documents it (libpq, section 34.1.1.2), with the parameters that secure the connection.
    /// </summary>
    static string FromUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw Unknown();
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.IdnHost };
        if (uri.Port > 0)
            builder.Port = uri.Port;
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            builder.Password = Uri.UnescapeDataString(user[1]);
        if (uri.AbsolutePath.Length > 1)
            builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Set(builder, pair.Split('=', 2));
        return builder.ConnectionString;
    }

    static void Set(NpgsqlConnectionStringBuilder builder, string[] pair)
    {
        var value = Uri.UnescapeDataString(pair[^1]);
        switch (pair[0])
        {
            case "sslmode" when Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode):
                builder.SslMode = mode;
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "sslcert":
                builder.SslCertificate = value;
                break;
            case "sslkey":
                builder.SslKey = value;
                break;
            default:
                throw new JournalUnavailableException(
                    "URI", $"has a parameter {pair[0]} that is not understood", "use sslmode, sslrootcert, sslcert and sslkey");
        }
    }

    static JournalUnavailableException Unknown() => new("that was named", "is none that is understood", Remedy);
}

using Gateway.Actors.Record;
using Xunit;

namespace Gateway.Specs.Record;

public sealed class JournalConnectionStringSpec
{
    [Theory]
    [InlineData("sqlite:/var/lib/gateway/journal.db", "/var/lib/gateway/journal.db")]
    [InlineData("/var/lib/gateway/journal.db", "/var/lib/gateway/journal.db")]
    [InlineData("/var/lib/gate;way/journal.db", "/var/lib/gate;way/journal.db")]
    [InlineData("Data Source=/var/lib/gateway/journal.db;Mode=ReadWrite", "/var/lib/gateway/journal.db")]
    [InlineData("Host=db;Username=auditor;Password=s3cret;Database=audit", "postgresql://auditor@db:5432/audit")]
    [InlineData("Server=db;User Id=auditor", "postgresql://auditor@db:5432/auditor")]
    [InlineData("postgresql://auditor@db/audit", "postgresql://auditor@db:5432/audit")]
    [InlineData("postgres://auditor:s3cr%40t@db:6432/audit?sslmode=verify-full&sslrootcert=/ca.pem", "postgresql://auditor@db:6432/audit")]
    public void Every_usual_way_to_name_a_journal_is_understood(string text, string place) =>
        Assert.Equal(place, JournalConnectionString.Parse(text).Place);

    [Theory]
    [InlineData("")]
    [InlineData("sqlite:")]
    [InlineData("Password=s3cret")]
    [InlineData("Password=s3cret;nonsense")]
    [InlineData("Host=db;Password=s3cret;Nonsense=1")]
    [InlineData("postgresql://:s3cret@/audit")]
    [InlineData("postgresql://auditor:s3cret@db/audit?service=x")]
    [InlineData("postgresql://auditor:s3cret@db/audit?sslmode=s3cret")]
    public void Anything_else_is_refused_without_being_quoted(string text)
    {
        var fault = Assert.Throws<JournalUnavailableException>(() => JournalConnectionString.Parse(text));

        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_made()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");

        var journal = JournalConnectionString.Parse(file);
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => journal.RequireTablesAsync(default));

        Assert.Equal($"The journal {file} does not exist; correct the path.", fault.Message);
        Assert.False(File.Exists(file));
    }
}

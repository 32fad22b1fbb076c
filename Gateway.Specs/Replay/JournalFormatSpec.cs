using System.Diagnostics;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Replay;

/// <summary>The verifier printed in docs/journal-format.md, which knows nothing but that page.</summary>
[Collection(PostgresSpecs.Name)]
public sealed class JournalFormatSpec(PostgresServer server) : IDisposable
{
    static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-verifier-");

    [RequiresFact("python3", "openssl")]
    public async Task The_page_alone_is_enough_to_verify_a_recording_and_to_notice_a_flipped_bit()
    {
        using var key = SealKey.Ephemeral();
        await using var journal = await TestJournal.CreateAsync(TestJournal.Sqlite, server);
        await journal.PersistAsync(SampleSession.Id, SampleSession.Recording(key));

        var whole = await VerifyAsync(journal.Database.Place, key.PublicPem);
        using var another = SealKey.Ephemeral();
        var strange = await VerifyAsync(journal.Database.Place, another.PublicPem);
        var message = (byte[])(await journal.SqlAsync("select message from gateway_journal where sequence_number = 3"))!;
        message[9] ^= 1;
        await journal.SqlAsync($"update gateway_journal set message = x'{Convert.ToHexString(message)}' where sequence_number = 3");
        var altered = await VerifyAsync(journal.Database.Place, key.PublicPem);

        Assert.Contains("6 events, chained and sealed", whole, StringComparison.Ordinal);
        Assert.Contains($"sealed by another key: {Convert.ToHexStringLower(key.Id.Span)}", strange, StringComparison.Ordinal);
        Assert.Contains("event 3 is not what was recorded", altered, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    async Task<string> VerifyAsync(string database, string publicPem)
    {
        var script = Path.Combine(_directory.FullName, "verify.py");
        var key = Path.Combine(_directory.FullName, "seal.pub");
        await File.WriteAllTextAsync(script, Script());
        await File.WriteAllTextAsync(key, publicPem + "\n");
        var start = new ProcessStartInfo(Tool.Path("python3"), [script, database, SampleSession.Id, key])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_limit);
        return await output + await errors;
    }

    static string Script() =>
        File.ReadAllText(Repository.File("docs/journal-format.md")).Split("```python\n")[1].Split("```")[0];
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Actors.Replay;

namespace Gateway.Cli;

/// <summary>Verifies recordings and says what each was found to be. Every method returns an <see cref="ExitCode"/>: Failed when any is not sound.</summary>
sealed class SessionVerifier(ISessionArchive archive, SealPublicKeys keys, CliOutput output, bool json)
{
    public async Task<int> OneAsync(string sessionId, CancellationToken cancel)
    {
        var row = await archive.FindAsync(sessionId, cancel) ?? throw SessionQueries.None(sessionId);
        return await VerifyAsync(row, cancel) ? ExitCode.Ok : ExitCode.Failed;
    }

    public async Task<int> AllAsync(SessionFilter filter, CancellationToken cancel)
    {
        var (sound, bad) = (0, 0);
        await foreach (var row in SessionPages.AllAsync(archive, filter, cancel))
        {
            if (await VerifyAsync(row, cancel)) sound++;
            else bad++;
        }

        if (!json) output.Line($"{sound} sound, {bad} not sound");
        return bad == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    async Task<bool> VerifyAsync(SessionRow row, CancellationToken cancel)
    {
        var events = archive.ReadAsync(row.SessionId, cancel);
        var (found, fault) = await KeyAsync(row.SessionId, cancel);
        using var key = found.Key;
        var result = await SessionVerification.VerifyAsync(row.SessionId, events, ended: row.Closing is not null, keys, key, cancel);
        if (fault is not null) result = result with { Verdict = VerificationVerdict.Broken, Detail = $"{result.Detail}; {fault}" };
        if (found.DestroyedAt is { } destroyed) result = result with { Detail = $"{result.Detail}; erased at {JournalTime.Write(destroyed)}" };
        if (json) output.Json(VerificationView.Of(row.SessionId, result), VerificationJson.Default.VerificationView);
        else output.Line($"{Printable.Text(row.SessionId)}  {Word(result.Verdict)}  {Printable.Text(Detail(result))}");
        return IsSound(result.Verdict);
    }

    // Without a key chain and seal prove what lies there; a key that is there and does not open has to be told.
    async Task<(KeyFinding Found, string? Fault)> KeyAsync(string sessionId, CancellationToken cancel)
    {
        try
        {
            return (await archive.KeyAsync(sessionId, cancel), null);
        }
        catch (InvalidDataException e)
        {
            return (KeyFinding.None, e.Message);
        }
    }

    /// <summary>An open recording is sound as far as it goes; a refused connection has one event that nobody signs.</summary>
    static bool IsSound(VerificationVerdict verdict) => verdict is
        VerificationVerdict.Verified or VerificationVerdict.Open or VerificationVerdict.NotSigned;

    static string Detail(VerificationResult result) => result.BadEvent is { } bad
        ? string.Create(CultureInfo.InvariantCulture, $"event {bad}, byte {result.BadByte}: {result.Detail}")
        : string.Create(CultureInfo.InvariantCulture, $"{result.Events} events, {result.ToUpstreamBytes} bytes up, {result.ToClientBytes} down: {result.Detail}");

    internal static string Word(VerificationVerdict verdict) => verdict switch
    {
        VerificationVerdict.Verified => "verified",
        VerificationVerdict.Open => "open",
        VerificationVerdict.NotSigned => "not-signed",
        VerificationVerdict.UnknownKey => "unknown-key",
        VerificationVerdict.Absent => "absent",
        _ => "broken",
    };
}

/// <summary>A verification as <c>--json</c> prints it, one line each.</summary>
sealed record VerificationView(
    string Id, string Verdict, string Detail, long Events, long ToUpstreamBytes, long ToClientBytes, long? BadEvent, int? BadByte)
{
    public static VerificationView Of(string sessionId, VerificationResult result) => new(
        sessionId, SessionVerifier.Word(result.Verdict), result.Detail, result.Events, result.ToUpstreamBytes, result.ToClientBytes,
        result.BadEvent, result.BadByte);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(VerificationView))]
sealed partial class VerificationJson : JsonSerializerContext;

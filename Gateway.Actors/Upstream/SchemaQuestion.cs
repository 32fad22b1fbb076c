using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Actors.Connections;
using Gateway.Actors.Tls;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;

namespace Gateway.Actors.Upstream;

/// <summary>
/// Asks a schema registry for one schema and those it refers to. Confluent's interface: <c>GET /schemas/ids/{id}</c>, and
/// <c>GET /subjects/{subject}/versions/{version}</c> for each reference.
/// </summary>
/// <param name="registry">Whom to ask.</param>
/// <param name="secret">
/// Reads what the asker proves itself with; why it cannot is told to clients, and is to name no place. Not called where the registry lets everybody read.
/// </param>
/// <param name="time">The clock.</param>
/// <param name="asked">Hears of each question how it ended, and how long it took with all that followed from it.</param>
public sealed class SchemaQuestion(
    SchemaRegistry registry, Func<SecretPlace, CancellationToken, Task<Verdict<string>>> secret, TimeProvider time,
    Action<SchemaOutcome, TimeSpan>? asked = null)
{
    /// <summary>Bytes of an answer: a schema within JSON, whose quotes are escaped.</summary>
    const int LargestAnswer = AvroSchema.LongestText;

    /// <summary>Schemas that one refers to, and those refer to. Origin: several times the largest standards of whole industries.</summary>
    const int MostReferences = 64;

    /// <summary>Bytes of a schema and all it refers to.</summary>
    const int LongestTexts = 4 * 1024 * 1024;

    const int LongestName = 1024;

    /// <summary>The schema, or why it is not told; the latter in words that may be told to clients, so without a name of the registry's.</summary>
    public async Task<Verdict<RegisteredSchema>> AskAsync(int id)
    {
        var began = time.GetTimestamp();
        var (told, outcome) = await AnswerAsync(id).ConfigureAwait(false);
        asked?.Invoke(outcome, time.GetElapsedTime(began));
        return told;
    }

    async Task<(Verdict<RegisteredSchema> Told, SchemaOutcome Outcome)> AnswerAsync(int id)
    {
        using var deadline = new CancellationTokenSource(registry.Timeout, time);
        try
        {
            var own = registry.Secret is { } place ? await secret(place, deadline.Token).ConfigureAwait(false) : "";
            if (!own.IsGranted) return Failed(own.Detail);
            using var http = OutsideHttps.Client(registry.Authorities, LargestAnswer);
            http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.schemaregistry.v1+json");
            if (own.Value.AsSpan().ContainsAnyInRange('\0', '\u001f')) return Failed("the gateway's secret for its registry cannot stand in a header");
            if (own.Value.Length > 0) http.DefaultRequestHeaders.Authorization = Authorization(own.Value);
            var question = new Asked(http, deadline.Token);
            return (await question.SchemaAsync(new(registry.Url, $"schemas/ids/{id}")).ConfigureAwait(false), SchemaOutcome.Told);
        }
        catch (UnansweredException unanswered)
        {
            return Failed(unanswered.Message, unanswered.Outcome);
        }
        catch (OperationCanceledException)
        {
            return Failed("its registry did not tell it in time");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Failed($"its registry cannot be asked: {TlsFacts.Innermost(fault)}");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Failed("its registry answers what is no JSON of a schema");
        }
    }

    AuthenticationHeaderValue Authorization(string own) => registry.UserName is { } user
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{own}")))
        : new("Bearer", own);

    // The gateway's side: neither the client nor the upstream can do anything about it.
    static (Verdict<RegisteredSchema> Told, SchemaOutcome Outcome) Failed(string detail, SchemaOutcome outcome = SchemaOutcome.Failed) =>
        (new Refused(Refusal.PayloadUnreadable, $"is not known: {detail}"), outcome);

    /// <summary>One question with all that follow from it.</summary>
    sealed class Asked(HttpClient http, CancellationToken cancel)
    {
        readonly HashSet<(string Subject, int Version)> _known = [];
        readonly List<string> _texts = [];
        int _length;

        public async Task<Verdict<RegisteredSchema>> SchemaAsync(Uri url)
        {
            using var answer = await GetAsync(url).ConfigureAwait(false);
            var type = answer.RootElement.TryGetProperty("schemaType", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "AVRO";
            if (type == "JSON") return RegisteredSchema.Json;
            if (type != "AVRO") return RegisteredSchema.Unreadable($"is of the type {(type == "PROTOBUF" ? type : "that nobody here knows")}, which is not read");
            await ReadAsync(answer.RootElement, url).ConfigureAwait(false);
            return AvroSchema.TryRead(_texts, out var problem) is { } schema ? RegisteredSchema.Of(schema) : RegisteredSchema.Unreadable(problem);
        }

        /// <summary>Adds a schema's text behind those that it refers to.</summary>
        async Task ReadAsync(JsonElement answer, Uri root)
        {
            if (answer.TryGetProperty("references", out var references) && references.ValueKind == JsonValueKind.Array)
            {
                foreach (var reference in references.EnumerateArray())
                {
                    var (subject, version) = (reference.GetProperty("subject").GetString() ?? "", reference.GetProperty("version").GetInt32());
                    if (subject.Length is 0 or > LongestName) throw new UnansweredException("it refers to a subject without a name, or with one that is too long");
                    if (!_known.Add((subject, version))) continue;
                    if (_known.Count > MostReferences) throw new UnansweredException($"it refers to more than {MostReferences} others");
                    using var referred = await GetAsync(new(root, $"../../subjects/{Uri.EscapeDataString(subject)}/versions/{version}")).ConfigureAwait(false);
                    await ReadAsync(referred.RootElement, root).ConfigureAwait(false);
                }
            }

            var text = answer.GetProperty("schema").GetString() ?? "";
            _length += text.Length;
            if (_length > LongestTexts) throw new UnansweredException($"it and what it refers to are longer than {LongestTexts} bytes");
            _texts.Add(text);
        }

        async Task<JsonDocument> GetAsync(Uri url)
        {
            using var answer = await http.GetAsync(url, cancel).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.NotFound) throw new UnansweredException("its registry does not know it (HTTP 404)", SchemaOutcome.Unknown);
            if (answer.StatusCode != HttpStatusCode.OK) throw new UnansweredException($"its registry answers HTTP {(int)answer.StatusCode}");
            return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false));
        }
    }

    sealed class UnansweredException(string message, SchemaOutcome outcome = SchemaOutcome.Failed) : Exception(message)
    {
        public SchemaOutcome Outcome => outcome;
    }
}

/// <summary>How a question to a schema registry ended.</summary>
public enum SchemaOutcome
{
    /// <summary>With a schema, be it one that nobody reads.</summary>
    Told,

    /// <summary>The registry does not know the id: a client wrote it all the same.</summary>
    Unknown,

    /// <summary>The registry was not reached, did not answer in time, refused the gateway or answered what is none.</summary>
    Failed,
}

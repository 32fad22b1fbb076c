using System.Collections.Concurrent;
using Gateway.Actors;
using Gateway.Actors.Connections;
using Gateway.Actors.Hosting;
using Gateway.Actors.Upstream;
using Gateway.Protocols;
using Gateway.Protocols.Masking;
using Gateway.Protocols.Masking.Avro;
using Gateway.Specs.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Gateway.Specs.Upstream;

public sealed class SchemaRegistriesSpec : IAsyncLifetime, IDisposable
{
    const string Schema = """{"type":"record","name":"R","fields":[{"name":"a","type":"string"}]}""";
    const string Variable = "SPEC_SCHEMA_REGISTRY";
    const string Connection = "schemas-of-these-specs";

    readonly FakeTimeProvider _time = new();
    readonly GatewayMetrics _metrics = new();
    FakeSchemaRegistry _registry = null!;

    public async Task InitializeAsync() => _registry = await FakeSchemaRegistry.StartAsync();

    public async Task DisposeAsync() => await _registry.DisposeAsync();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public async Task A_schema_is_asked_for_once_however_many_wait_for_it_and_then_no_more()
    {
        var (schemas, id) = (Schemas(), _registry.Add("pay-value", Schema));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => schemas.AskAsync([id])));
        await schemas.AskAsync([id]);

        Assert.NotNull(schemas.Find(id)!.Avro);
        Assert.Equal([$"/schemas/ids/{id}"], _registry.Asked);
    }

    [Fact]
    public async Task Schemas_are_read_with_all_that_they_refer_to_each_once()
    {
        _registry.Add("a b/c", """{"type":"fixed","name":"Id","size":4}""");
        _registry.Add("card", """{"type":"record","name":"Card","fields":[{"name":"id","type":"Id"}]}""", null, ("a b/c", 1));
        var id = _registry.Add("pay", """{"type":"record","name":"Pay","fields":[{"name":"card","type":"Card"},{"name":"id","type":"Id"}]}""", null, ("card", 1), ("a b/c", 1));
        var schemas = Schemas();

        await schemas.AskAsync([id]);

        Assert.NotNull(schemas.Find(id)?.Avro);
        Assert.Equal(3, _registry.Asked.Count);
    }

    [Fact]
    public async Task Schemas_that_refer_to_each_other_without_end_are_not_read()
    {
        var (schemas, id) = (Schemas(), _registry.Add("first", Schema, null, ("more", 1)));
        _registry.Instead = http => http.Response.WriteAsync(
            $$"""{"schema":"\"int\"","references":[{"name":"x","subject":"more","version":{{_registry.Asked.Count}}}]}""");

        await schemas.AskAsync([id]);

        Assert.Null(schemas.Find(id));
        Assert.Equal("is not known: it refers to more than 64 others", schemas.WhyUnknown(id));
    }

    [Fact]
    public async Task What_a_schema_is_of_is_told_and_what_nobody_reads_is_not_asked_for_again()
    {
        var (schemas, json, protobuf, broken) = (Schemas(), _registry.Add("j", "{}", "JSON"), _registry.Add("p", "syntax = \"proto3\";", "PROTOBUF"), _registry.Add("b", "{"));
        int[] ids = [json, protobuf, broken];

        await schemas.AskAsync(ids);
        _time.Advance(TimeSpan.FromMinutes(1));
        await schemas.AskAsync(ids);

        Assert.True(schemas.Find(json)!.IsJson);
        Assert.Equal("is of the type PROTOBUF, which is not read", schemas.Find(protobuf)!.Problem);
        Assert.Equal("is no JSON, or nested too deeply", schemas.Find(broken)!.Problem);
        Assert.Equal(3, _registry.Asked.Count);
    }

    [Theory]
    [InlineData(404, "", "is not known: its registry does not know it (HTTP 404)")]
    [InlineData(401, "", "is not known: its registry answers HTTP 401")]
    [InlineData(302, "", "is not known: its registry answers HTTP 302")]
    [InlineData(200, "no json", "is not known: its registry answers what is no JSON of a schema")]
    [InlineData(200, "{}", "is not known: its registry answers what is no JSON of a schema")]
    [InlineData(200, "[]", "is not known: its registry answers what is no JSON of a schema")]
    [InlineData(200, "{\"schema\":7}", "is not known: its registry answers what is no JSON of a schema")]
    [InlineData(200, "{\"schema\":\"\\\"int\\\"\",\"references\":[{\"subject\":\"\",\"version\":1}]}", "is not known: it refers to a subject without a name, or with one that is too long")]
    public async Task What_is_not_told_is_unknown_for_a_second_and_then_asked_for_again(int status, string body, string why)
    {
        var (schemas, id) = (Schemas(), _registry.Add("pay", Schema));
        _registry.Instead = http =>
        {
            (http.Response.StatusCode, http.Response.Headers.Location) = (status, _registry.Url);
            return http.Response.WriteAsync(body);
        };
        await schemas.AskAsync([id]);
        await schemas.AskAsync([id]);
        Assert.Equal((null, why, 1), (schemas.Find(id), schemas.WhyUnknown(id), _registry.Asked.Count));

        _registry.Instead = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        await schemas.AskAsync([id]);

        Assert.NotNull(schemas.Find(id)?.Avro);
    }

    [Theory]
    [InlineData(200, "told", 0.75)]
    [InlineData(404, "unknown", 0.75)]
    [InlineData(503, "failed", 0.75)]
    [InlineData(0, "failed", 5)]
    public async Task Every_question_is_counted_by_how_it_ended_and_by_the_time_that_it_took(int status, string outcome, double seconds)
    {
        using var meter = new SchemaMeter(_metrics);
        var (schemas, id) = (Schemas(), _registry.Add("pay", Schema));
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        _registry.Instead = async http =>
        {
            asked.TrySetResult();
            await answer.Task;
            http.Response.StatusCode = status;
            await http.Response.WriteAsync("""{"schema":"\"int\""}""");
        };

        var waiting = schemas.AskAsync([id]);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(seconds));
        if (status > 0) answer.SetResult();
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));

        await Eventually.AssertAsync(() =>
        {
            Assert.Equal([outcome], meter.Outcomes);
            Assert.Equal(seconds, meter.Seconds);
            return Task.CompletedTask;
        });
        answer.TrySetResult();
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_not_read()
    {
        var (schemas, id) = (Schemas(), _registry.Add("pay", $"\"{new string('x', AvroSchema.LongestText)}\""));

        await schemas.AskAsync([id]);

        Assert.Null(schemas.Find(id));
        Assert.StartsWith("is not known: its registry cannot be asked: ", schemas.WhyUnknown(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_waited_for_no_longer_than_is_said()
    {
        var (schemas, id) = (Schemas(), _registry.Add("pay", Schema));
        var asked = new TaskCompletionSource();
        _registry.Instead = async http =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        };

        var waiting = schemas.AskAsync([id]);
        await asked.Task;
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(6));
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Null(schemas.Find(id));
        Assert.Contains("in time", schemas.WhyUnknown(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_many_questions_are_asked_at_once()
    {
        var schemas = Schemas();
        var (now, most, let) = (0, 0, new TaskCompletionSource());
        _registry.Instead = async http =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await let.Task;
            Interlocked.Decrement(ref now);
            http.Response.StatusCode = 404;
        };

        var waiting = schemas.AskAsync([.. Enumerable.Range(1, 30)]);
        await Eventually.AssertAsync(() =>
        {
            Assert.Equal(8, Volatile.Read(ref now));
            return Task.CompletedTask;
        });
        let.SetResult();
        await waiting;

        Assert.Equal((8, 30), (most, _registry.Asked.Count));
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_asked()
    {
        var (asked, answers) = (new ConcurrentQueue<int>(), new TaskCompletionSource<Verdict<RegisteredSchema>>());
        Task<Verdict<RegisteredSchema>> AskAsync(int id)
        {
            asked.Enqueue(id);
            return answers.Task;
        }

        var schemas = new RegisteredSchemas("registry", TimeSpan.FromSeconds(5), AskAsync, _time, NullLogger.Instance);
        var waiting = schemas.AskAsync([.. Enumerable.Range(1, 20)]);
        await Eventually.TrueAsync(() => asked.Count == 8);
        _time.Advance(TimeSpan.FromSeconds(6));
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));

        answers.SetResult(new Refused(Refusal.PayloadUnreadable, "is gone"));
        await Eventually.TrueAsync(() => asked.All(id => schemas.WhyUnknown(id) == "is gone"));

        Assert.Equal(8, asked.Count);
        Assert.Equal(12, Enumerable.Range(1, 20).Count(id => schemas.WhyUnknown(id) == "is not known, and its registry did not tell it in time"));
    }

    [Theory]
    [InlineData("gateway", "Basic Z2F0ZXdheTpzZWNyZXQ=")]
    [InlineData(null, "Bearer secret")]
    public async Task The_gateway_proves_itself_by_a_password_or_a_token_that_is_in_no_detail(string? user, string authorization)
    {
        Environment.SetEnvironmentVariable(Variable, "secret");
        _registry.Authorization = authorization;
        var (schemas, id) = (Schemas(user, new(null, Variable, null)), _registry.Add("pay", Schema));

        await schemas.AskAsync([id]);
        var (others, absent) = (Schemas(user, new(null, "SPEC_SCHEMA_REGISTRY_ABSENT", null)), _registry.Asked.Count);
        await others.AskAsync([id]);

        Assert.NotNull(schemas.Find(id)?.Avro);
        Assert.Equal("is not known: the gateway's secret for its registry cannot be read", others.WhyUnknown(id));
        Assert.Equal(absent, _registry.Asked.Count);
    }

    [Fact]
    public async Task A_registry_that_the_authorities_do_not_vouch_for_is_told_no_secret()
    {
        using var others = new TestCertificates("Another CA");
        Environment.SetEnvironmentVariable(Variable, "secret");
        var (schemas, id) = (Schemas("gateway", new(null, Variable, null), others), _registry.Add("pay", Schema));

        await schemas.AskAsync([id]);

        Assert.Null(schemas.Find(id));
        Assert.Empty(_registry.Asked);
        Assert.StartsWith("is not known: its registry cannot be asked: ", schemas.WhyUnknown(id), StringComparison.Ordinal);
    }

    RegisteredSchemas Schemas(string? user = null, SecretPlace? secret = null, TestCertificates? authorities = null)
    {
        var secrets = new UpstreamSecrets(new NoSecrets(), new UpstreamTokens(_time));
        return new SchemaRegistries(secrets, _time, _metrics, NullLoggerFactory.Instance).Of(Connection, new SchemaRegistry
        {
            Url = new($"{_registry.Url}/"),
            UserName = user,
            Secret = secret,
            Authorities = authorities?.Authorities ?? _registry.Authorities,
            Timeout = TimeSpan.FromSeconds(5),
        });
    }

    sealed class NoSecrets : IRegisteredSecrets
    {
        public Verdict<string> Open(string name) => throw new InvalidOperationException(name);
    }
}

using System.Net;
using System.Text.Json;
using Gateway.Actors.Record;
using Gateway.Specs.Support;
using Xunit;

namespace Gateway.Specs.Admin;

public sealed class OpenApiSpec
{
    [Fact]
    public async Task The_document_describes_every_path_with_who_may_use_it_and_is_for_callers_with_a_token_only()
    {
        using var key = SealKey.Ephemeral();
        await using var host = await AdminHost.StartAsync(SampleCluster.OfThree(key), key);
        using var stranger = host.Client();
        using var client = host.Client("neither");

        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/openapi/v1.json")).StatusCode);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/openapi/v1.json"));

        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Where(o => o.Name is "get" or "put" or "post" or "delete").Select(o => (Path: path.Name, Verb: o.Name, o.Value))).ToArray();
        Assert.Contains(operations, o => (o.Path, o.Verb) == ("/v1/connections/{name}", "put"));
        Assert.All(operations, o => Assert.True(o.Value.TryGetProperty("summary", out _), $"{o.Verb} {o.Path} says nothing of itself"));
        Assert.All(operations, o => Assert.True(Successes(o.Value).Any(), $"{o.Verb} {o.Path} has no answer"));
        var apply = operations.Single(o => o.Path == "/v1/connections/apply").Value;
        Assert.Equal("Takes the role operator.", apply.GetProperty("description").GetString());
        Assert.True(apply.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        Assert.True(apply.GetProperty("security")[0].TryGetProperty("Bearer", out _));
        Assert.True(apply.GetProperty("security")[1].TryGetProperty("ClientCertificate", out _));
        var schemes = document.RootElement.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal("bearer", schemes.GetProperty("Bearer").GetProperty("scheme").GetString());
        Assert.Equal("mutualTLS", schemes.GetProperty("ClientCertificate").GetProperty("type").GetString());
        Assert.True(apply.GetProperty("responses").GetProperty("default").GetProperty("content").TryGetProperty("application/problem+json", out _));
    }

    static IEnumerable<string> Successes(JsonElement operation) =>
        operation.GetProperty("responses").EnumerateObject().Select(r => r.Name).Where(status => status.StartsWith('2'));
}

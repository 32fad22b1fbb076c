using Gateway.Actors.Hosting;
using Gateway.Actors.Hosting.AdminApi;

namespace Gateway.Node.Admin;

/// <summary>What probes ask, without a token. Live: the process answers. Ready: it can carry sessions.</summary>
static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Results.Json(new LivenessView(true), AdminJson.Default.LivenessView))
            .Answers<LivenessView>("The process answers.").AllowAnonymous();
        app.MapGet("/health/ready", Ready).Answers<ReadinessView>("Whether the node can carry sessions.").AllowAnonymous();
    }

    static IResult Ready(IEnumerable<IReadiness> parts)
    {
        var view = ReadinessView.Of(parts);
        var status = view.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Results.Json(view, AdminJson.Default.ReadinessView, statusCode: status);
    }
}

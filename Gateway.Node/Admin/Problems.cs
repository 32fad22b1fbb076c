using Gateway.Actors.Hosting.AdminApi;
using Gateway.Actors.Record;
using Gateway.Protocols.Journal;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.Node.Admin;

/// <summary>Writes <see cref="Problem"/>s. Whatever went wrong, the client gets one sentence and never an exception's text.</summary>
static class Problems
{
    public static Task WriteAsync(HttpContext http, int status, string detail, string? refusal = null)
    {
        http.Response.StatusCode = status;
        var problem = new Problem(ReasonPhrases.GetReasonPhrase(status), status, detail, refusal);
        return http.Response.WriteAsJsonAsync(problem, AdminJson.Default.Problem, Problem.MediaType, http.RequestAborted);
    }

    public static IResult Of(int status, string detail, string? refusal = null) => Results.Json(
        new Problem(ReasonPhrases.GetReasonPhrase(status), status, detail, refusal), AdminJson.Default.Problem, Problem.MediaType, status);

    /// <summary>Documents with faults, one line each.</summary>
    public static IResult OfFaults(string detail, IReadOnlyList<string> faults) => Results.Json(
        new Problem(ReasonPhrases.GetReasonPhrase(StatusCodes.Status422UnprocessableEntity), StatusCodes.Status422UnprocessableEntity, detail, Faults: faults),
        AdminJson.Default.Problem, Problem.MediaType, StatusCodes.Status422UnprocessableEntity);

    /// <summary>
    /// What is read from a record that proves itself. Where that is not in order it is no fault of the request: an auditor is who must hear of it.
    /// </summary>
    /// <param name="what">The record's name in a sentence.</param>
    /// <param name="read">Reads it and makes the answer.</param>
    public static async Task<IResult> OfRecordAsync(string what, Func<Task<IResult>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (e is InvalidDataException or JournalFormatException)
        {
            return Of(StatusCodes.Status409Conflict, $"{what} is not in order: {e.Message}");
        }
        catch (JournalUnavailableException e)
        {
            return Of(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }

    public static IResult NoSession() =>
        Of(StatusCodes.Status404NotFound, "There is no session of this id; list them with GET /v1/sessions.");

    /// <summary>For answers that routing gave without a body.</summary>
    public static Task ExplainStatusAsync(HttpContext http) => WriteAsync(http, http.Response.StatusCode, http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this path; docs/admin-api.md lists what is.",
        StatusCodes.Status405MethodNotAllowed => $"This path does not take {Method(http)}; use {http.Response.Headers.Allow}.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large for this path; send less.",
        var status => $"{ReasonPhrases.GetReasonPhrase(status)}.",
    });

    public static Task ExplainFailureAsync(HttpContext http) => http.Features.Get<IExceptionHandlerFeature>()?.Error switch
    {
        TimeoutException => WriteAsync(
            http, StatusCodes.Status504GatewayTimeout,
            "The session did not answer in time; try again, or see GET /v1/nodes for a node that is gone."),
        BadHttpRequestException bad => WriteAsync(
            http, bad.StatusCode, "The request is not valid HTTP for this path; correct its headers or body."),
        _ => WriteAsync(http, StatusCodes.Status500InternalServerError, "This node could not answer; its log says why."),
    };

    static string Method(HttpContext http) => http.Request.Method.Length <= 16 ? http.Request.Method : "this method";
}

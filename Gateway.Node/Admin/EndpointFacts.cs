namespace Gateway.Node.Admin;

/// <summary>The role an endpoint takes, for the answer to somebody who does not have it, and for the OpenAPI document.</summary>
sealed record RequiredRole(string Name);

/// <summary>The body an endpoint takes, for the OpenAPI document.</summary>
sealed record TakenBody(Type Type, string MediaType);

/// <summary>What is said of an endpoint beside its path.</summary>
static class EndpointFacts
{
    /// <summary>Only callers in this role, and a clear answer for the others.</summary>
    public static RouteHandlerBuilder For(this RouteHandlerBuilder endpoint, string role) =>
        endpoint.RequireAuthorization(role).WithMetadata(new RequiredRole(role));

    /// <summary>What it does, in one sentence, and what it answers when it did.</summary>
    public static RouteHandlerBuilder Answers<T>(
        this RouteHandlerBuilder endpoint, string summary, int status = StatusCodes.Status200OK, string type = "application/json") =>
        endpoint.WithSummary(summary).Produces<T>(status, type);

    /// <summary>
    /// The body it takes. Not <c>Accepts</c>, which answers another media type before it is known who asks.
    /// </summary>
    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder endpoint, string type) => endpoint.WithMetadata(new TakenBody(typeof(T), type));
}

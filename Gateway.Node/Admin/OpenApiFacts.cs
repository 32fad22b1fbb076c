using Gateway.Actors.Hosting.AdminApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Node.Admin;

/// <summary>What the OpenAPI document (OpenAPI 3.1) says beside the endpoints: who may use each, and how a refusal looks.</summary>
static class OpenApiFacts
{
    public const string Document = "v1";

    public static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Gateway admin API", Version = Document };
            // The address depends on who asks; it is where the document came from.
            document.Servers?.Clear();
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [AdminLogins.Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                [AdminLogins.Certificate] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.MutualTLS,
                    Description = "A client certificate of Admin:ClientCertificates:AuthoritiesFile, where one is set; it counts when no token comes with the request.",
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancel) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredRole>().FirstOrDefault() is not { } role) return;
            operation.Description = role.Name == AdminRoles.Anybody ? "Any good token will do, or client certificate." : $"Takes the role {role.Name}.";
            // One of them: several in one requirement would all be demanded.
            operation.Security =
            [
                new() { [new OpenApiSecuritySchemeReference(AdminLogins.Scheme, context.Document)] = [] },
                new() { [new OpenApiSecuritySchemeReference(AdminLogins.Certificate, context.Document)] = [] },
            ];
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<TakenBody>().FirstOrDefault() is { } body)
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        [body.MediaType] = new() { Schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancel) },
                    },
                };
            }

            var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancel);
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "What was not done, and why (RFC 9457).",
                Content = new Dictionary<string, OpenApiMediaType> { [Problem.MediaType] = new() { Schema = problem } },
            };
        });
    }
}

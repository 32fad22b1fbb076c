using System.Net;
using Gateway.Actors.Accept;
using Gateway.Actors.Hosting;
using Gateway.Actors.Registry;
using Gateway.Protocols.Journal;

namespace Gateway.Node.Admin;

/// <summary>
/// Writes administrative acts into the registry's record, before they are done: what cannot be recorded is not done.
/// </summary>
sealed class AuditTrail(IRegistryCommands registry, IClusterView cluster, TimeProvider time)
{
    /// <summary>The act of whoever sent the request.</summary>
    public Act ActOf(HttpContext http)
    {
        var who = Caller.IdentityOf(http);
        return ActOf(who.Name, who.Issuer, http.Connection.RemoteIpAddress);
    }

    public Act ActOf(string who, string issuer, IPAddress? address) => new()
    {
        Id = Guid.CreateVersion7().ToString("N"),
        At = UnixMicros.Of(time.GetUtcNow()),
        Who = who,
        Issuer = issuer,
        Address = Plain(address),
        NodeKey = cluster.OwnKey,
    };

    /// <summary>Null once the act is durable; otherwise the answer to give instead of doing it.</summary>
    public async Task<IResult?> RecordAsync(HttpContext http, ActKind kind, string target, string detail)
    {
        var act = new ActRecorded { Act = ActOf(http), Kind = kind, Target = target, Detail = detail };
        return Refused(await registry.ChangeAsync([act], null, http.RequestAborted));
    }

    /// <summary>Null when the acts are done; otherwise the answer that says why they are not.</summary>
    public static IResult? Refused(RegistryAnswer answer) => answer.Outcome switch
    {
        RegistryOutcome.Done or RegistryOutcome.Unchanged => null,
        RegistryOutcome.NotFound => Problems.Of(StatusCodes.Status404NotFound, answer.Detail),
        // RFC 9110 section 15.5.13: what the request was conditional on has changed.
        RegistryOutcome.Outdated => Problems.Of(StatusCodes.Status412PreconditionFailed, answer.Detail),
        RegistryOutcome.Invalid => Problems.Of(StatusCodes.Status422UnprocessableEntity, answer.Detail),
        RegistryOutcome.Full => Problems.Of(StatusCodes.Status507InsufficientStorage, answer.Detail),
        _ => Problems.Of(StatusCodes.Status503ServiceUnavailable, answer.Detail),
    };

    static string Plain(IPAddress? address) =>
        address is null ? "" : PeerAddress.Plain(address).ToString();
}

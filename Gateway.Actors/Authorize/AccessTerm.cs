using Gateway.Protocols;

namespace Gateway.Actors.Authorize;

/// <summary>How long access lasts.</summary>
/// <param name="Until">When it ends; null: it does not.</param>
/// <param name="EndsWith">What a session is refused for then.</param>
/// <param name="EndOf">What it is that ends, in words.</param>
public sealed record AccessTerm(DateTimeOffset? Until, Refusal EndsWith, string EndOf);

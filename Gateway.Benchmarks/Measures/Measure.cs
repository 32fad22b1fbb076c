namespace Gateway.Benchmarks.Measures;

/// <summary>One figure that is compared between relays. Less is better in all of them.</summary>
/// <param name="Id">Short and stable: the key in the results file and for <c>--only</c>.</param>
/// <param name="Title">What a reader sees.</param>
/// <param name="Unit">What one is of.</param>
sealed record Measure(string Id, string Title, string Unit);

/// <summary>One value of one relay in one round.</summary>
readonly record struct Sample(string Measure, string Relay, int Round, double Value);

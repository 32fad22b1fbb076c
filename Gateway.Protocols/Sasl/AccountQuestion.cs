namespace Gateway.Protocols.Sasl;

/// <summary>A client begins to log in by SCRAM: by what is its proof to be judged?</summary>
/// <param name="Name">What it calls itself. Nobody has proved anything yet.</param>
/// <param name="Mechanism">The one it chose.</param>
public sealed record AccountQuestion(string Name, SaslMechanism Mechanism);

/// <summary>The answer, which every name gets.</summary>
/// <param name="Verifier">A made-up one where nobody can log in by that name and mechanism.</param>
/// <param name="Fault">Why nobody can; null: somebody can.</param>
public sealed record AccountAnswer(ScramVerifier Verifier, string? Fault);

/// <summary>What came of a client's proof.</summary>
/// <param name="Name">Its account.</param>
/// <param name="Refusal">Why it is not that of the account, or <see cref="Refusal.None"/>.</param>
/// <param name="Detail">What exactly was wrong, without anything secret.</param>
public sealed record AccountProof(string Name, Refusal Refusal, string Detail);

using Gateway.Protocols;

namespace Gateway.Actors;

/// <summary>
/// The outcome of a step that may refuse: a value, or a <see cref="Refusal"/> with a detail that holds no secret. Expected refusals travel as
/// values; an exception means a broken promise.
/// </summary>
public readonly record struct Verdict<T>
    where T : class
{
    readonly T? _value;

    Verdict(T? value, Refusal refusal, string detail) => (_value, Refusal, Detail) = (value, refusal, detail);

    public Refusal Refusal { get; }

    public string Detail { get; }

    public bool IsGranted => _value is not null;

    /// <summary>The value; throws when the step refused.</summary>
    public T Value => _value ?? throw new InvalidOperationException($"Refused: {Refusal.Word()} ({Detail}).");

    public static implicit operator Verdict<T>(T value) => new(value, Refusal.None, "");

    public static implicit operator Verdict<T>(Refused refused) => new(null, refused.Refusal, refused.Detail);
}

/// <summary>A refusal on its way into a <see cref="Verdict{T}"/> of whatever type the step has.</summary>
public sealed record Refused(Refusal Refusal, string Detail);

/// <summary>Carries a refusal through code that can only fail by exception, such as a stream.</summary>
public sealed class RefusedException(Refusal refusal, string detail) : Exception($"{refusal.Word()}: {detail}")
{
    public Refusal Refusal { get; } = refusal;

    public string Detail { get; } = detail;
}

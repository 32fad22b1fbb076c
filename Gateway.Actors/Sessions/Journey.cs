namespace Gateway.Actors.Sessions;

/// <summary>
/// Steps in a row, each of which takes what the one before has made. The first that refuses is the last. They run as one stage of the session's graph:
/// a stage for each would cost every idle session two kilobytes and every new one a turn of the interpreter.
/// </summary>
static class Journey
{
    public static Func<T, Task<Verdict<TNext>>> Begin<T, TNext>(Func<T, Task<Verdict<TNext>>> step)
        where TNext : class => step;

    public static Func<TFirst, Task<Verdict<TNext>>> Then<TFirst, T, TNext>(
        this Func<TFirst, Task<Verdict<T>>> before, Func<T, Task<Verdict<TNext>>> step)
        where T : class
        where TNext : class => async first =>
        {
            var so = await before(first).ConfigureAwait(false);
            return so.IsGranted ? await step(so.Value).ConfigureAwait(false) : new Refused(so.Refusal, so.Detail);
        };
}

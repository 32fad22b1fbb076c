namespace Gateway.Actors.Sessions;

/// <summary>
/// Steps in a row, each of which takes what the one before has made. The first that refuses is the last. They run before there is a graph: stages for them
/// would cost every idle session kilobytes, and who is refused would cost a graph.
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

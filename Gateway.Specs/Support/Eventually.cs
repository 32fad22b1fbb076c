using Xunit;

namespace Gateway.Specs.Support;

/// <summary>Waits for what happens soon in another thread or process, and fails when it does not.</summary>
public static class Eventually
{
    static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes; by default for at most 30 s.</summary>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan? deadline = null)
    {
        using var late = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(s_interval);
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not true within {(deadline ?? TimeSpan.FromSeconds(30)).TotalSeconds} s.");
            }
        }
    }

    /// <summary>Tries the assertion again and again until it holds; by default for at most 30 s, then fails as it last did.</summary>
    public static async Task AssertAsync(Func<Task> assertion, TimeSpan? deadline = null)
    {
        using var late = new CancellationTokenSource(deadline ?? TimeSpan.FromSeconds(30));
        using var timer = new PeriodicTimer(s_interval);
        while (true)
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception e) when (e is Xunit.Sdk.XunitException && !late.IsCancellationRequested)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}

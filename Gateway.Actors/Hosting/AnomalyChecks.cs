namespace Gateway.Actors.Hosting;

/// <summary>What is noticed of sessions.</summary>
static class AnomalyChecks
{
    /// <summary>Origin: who wants more than a year's habit, or a thousand times as much, wants none of it noticed.</summary>
    const int MostDays = 366;
    const int MostFactor = 1000;

    public static void Check(AnomalyOptions anomalies, OptionReport report)
    {
        report.Range("Anomalies:Days", anomalies.Days, 1, MostDays);
        report.Range("Anomalies:Factor", anomalies.Factor, 2, MostFactor);
        report.Range("Anomalies:LeastBytes", anomalies.LeastBytes, 1, long.MaxValue);
    }
}

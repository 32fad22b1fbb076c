using Xunit;

namespace Gateway.Specs.Support;

/// <summary>A fact that takes minutes: runs only with <c>GATEWAY_LONG_SPECS=1</c>, and says so otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("GATEWAY_LONG_SPECS") != "1") Skip = "takes minutes; set GATEWAY_LONG_SPECS=1";
    }
}

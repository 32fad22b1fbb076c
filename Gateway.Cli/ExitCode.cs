namespace Gateway.Cli;

/// <summary>What the process returns to its caller. The numbers are part of the command line's contract.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
}

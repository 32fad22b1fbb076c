namespace Gateway.Cli;

/// <summary>What the process returns to its caller. The numbers are part of the command line's contract.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    public const int Failed = 1;

    public const int Usage = 2;

    public const int NotFound = 3;

    /// <summary>No token, a refused one, or one without the role.</summary>
    public const int Refused = 4;

    public const int Unreachable = 5;

    /// <summary>128 + SIGINT, as shells count.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGPIPE: who read the output has left.</summary>
    public const int BrokenPipe = 141;
}

/// <summary>Ends a command with one line that says what failed and what to do.</summary>
public sealed class CommandException(int exitCode, string problem, Exception? cause = null) : Exception(problem, cause)
{
    public int ExitCode { get; } = exitCode;
}

namespace Gateway.Protocols.Journal;

/// <summary>The words for an <see cref="AuthorityStage"/> in the admin API, in the audit and on the command line.</summary>
public static class AuthorityStageWords
{
    public static string Word(this AuthorityStage stage) => stage switch
    {
        AuthorityStage.Prepared => "prepared",
        AuthorityStage.Signing => "signing",
        AuthorityStage.Replaced => "replaced",
        AuthorityStage.Retired => "retired",
        _ => $"stage-{(byte)stage}",
    };
}

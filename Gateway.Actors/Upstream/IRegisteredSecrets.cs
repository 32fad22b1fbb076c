namespace Gateway.Actors.Upstream;

/// <summary>The secrets that operators registered in the cluster.</summary>
public interface IRegisteredSecrets
{
    /// <summary>The secret of that name in the clear; a refusal that names the remedy when there is none, or this node cannot open it.</summary>
    Verdict<string> Open(string name);
}

namespace Gateway.Cli.Login;

/// <summary>What is said to a person who is to log in.</summary>
static class LoginPrompts
{
    /// <summary>Tells them where to go, and opens their browser there if that is wanted.</summary>
    public static void Show(this CliOutput output, Uri address, bool open)
    {
        if (open && Browser.TryOpen(address)) output.Say("Your browser opens for the login. If it does not, open:");
        else output.Say("To log in, open in a browser on this machine:");
        output.Say(address.AbsoluteUri);
    }
}

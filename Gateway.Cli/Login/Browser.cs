using System.ComponentModel;
using System.Diagnostics;

namespace Gateway.Cli.Login;

/// <summary>The person's browser, where there is one.</summary>
static class Browser
{
    /// <summary>False where nothing would open, as on a server: then a device code is the better way.</summary>
    public static bool IsThere(Func<string, string?> variables) => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
        || variables("DISPLAY") is { Length: > 0 } || variables("WAYLAND_DISPLAY") is { Length: > 0 };

    /// <summary>Tries; the address is shown to the person as well, so that a failure is theirs to see and nobody's to handle.</summary>
    public static bool TryOpen(Uri address)
    {
        try
        {
            using var opened = OperatingSystem.IsWindows()
                ? Process.Start(new ProcessStartInfo(address.AbsoluteUri) { UseShellExecute = true })
                : Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [address.AbsoluteUri])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                });
            return opened is not null || OperatingSystem.IsWindows();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }
}

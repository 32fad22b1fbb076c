using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Gateway.Actors.Hosting;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace Gateway.Specs.Support;

/// <summary>A real PKCS #11 token, in software, in a directory of its own.</summary>
sealed class SoftHsm : IDisposable
{
    const string Label = "gateway spec";
    const string Pin = "canary-4711";
    const string Forgotten = "0000";

    // Where Debian and Fedora have it.
    static readonly string[] s_modules = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"];

    readonly ConfigurationFolder _folder = new();

    public TokenOptions Options => new()
    {
        ModulePath = Array.Find(s_modules, File.Exists),
        TokenLabel = Label,
        KeyLabel = "authority",
        PinFile = _folder.PathOf("pin"),
    };

    public static async Task<SoftHsm> StartAsync()
    {
        var token = new SoftHsm();
        Directory.CreateDirectory(token._folder.PathOf("tokens"));
        var configuration = token._folder.Write("softhsm2.conf", $"directories.tokendir = {token._folder.PathOf("tokens")}\nlog.level = ERROR\n");
        // The library reads the process's environment, which .NET keeps a copy of.
        if (SetEnvironment(Encoding.UTF8.GetBytes("SOFTHSM2_CONF\0"), Encoding.UTF8.GetBytes(configuration + "\0"), 1) != 0)
            throw new InvalidOperationException("setenv failed");
        token._folder.WriteSecret("pin", Pin + "\n");
        var start = new ProcessStartInfo(Tool.Path("softhsm2-util"), ["--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", "canary-0815"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SOFTHSM2_CONF"] = configuration },
        };
        using var made = Process.Start(start)!;
        await made.WaitForExitAsync();
        return made.ExitCode == 0 ? token : throw new InvalidOperationException(await made.StandardError.ReadToEndAsync());
    }

    /// <summary>From now on the PIN is wrong.</summary>
    public void ForgetPin() => _folder.WriteSecret("pin", $"{Forgotten}\n");

    /// <summary>From now on it is right again.</summary>
    public void RememberPin() => _folder.WriteSecret("pin", $"{Pin}\n");

    /// <summary>The token's own PIN is from now on the one that was wrong.</summary>
    public void TakeForgottenPin()
    {
        var factories = new Pkcs11InteropFactories();
        using var library = factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, Options.ModulePath, AppType.MultiThreaded);
        var slot = library.GetSlotList(SlotsType.WithTokenPresent).First(s => s.GetTokenInfo().Label.TrimEnd() == Label);
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.SetPin(Pin, Forgotten);
    }

    public void Dispose() => _folder.Dispose();

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int SetEnvironment(byte[] name, byte[] value, int overwrite);
}

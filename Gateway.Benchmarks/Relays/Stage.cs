using System.Diagnostics;
using System.Globalization;
using Gateway.Benchmarks.Load;
using Gateway.Benchmarks.Machine;
using Gateway.Benchmarks.Measures;
using Gateway.Benchmarks.Tls;

namespace Gateway.Benchmarks.Relays;

/// <summary>Certificates, backend and relays, running. All of it goes when this is disposed.</summary>
sealed class Stage : IAsyncDisposable
{
    readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("gateway-benchmark");
    readonly List<IRelay> _relays = [];
    Process? _backend;
    HttpsAnswers? _registry;
    OneIssuer? _issuer;
    Workbench? _bench;

    Stage()
    {
    }

    public IReadOnlyList<IRelay> Relays => _relays;

    /// <summary>Where certificates and configurations are; every relay has a directory of its name in it.</summary>
    public string Directory => _directory.FullName;

    public Workbench Bench => _bench ?? throw new InvalidOperationException("The stage is not open.");

    /// <summary>Starts everything. A relay that does not start is named in <paramref name="absent"/> and left out.</summary>
    public static async Task<Stage> Open(RelaySettings settings, List<string> absent, CancellationToken cancel)
    {
        var stage = new Stage();
        try
        {
            var certificates = CertificateFiles.Create(stage._directory.FullName);
            var ports = await stage.StartBackend(certificates, cancel);
            stage._registry = new HttpsAnswers(certificates, _ => AvroPayment.Registered);
            stage._issuer = new OneIssuer(certificates);
            var client = TlsContext.Client(certificates);
            stage._bench = new Workbench(client, new ProcessTree(stage._backend!.Id), new KafkaDialogue.LoggedIn(stage._issuer.Token), settings.RandomPayload);
            var plan = new RelayPlan(ports, stage._registry.Url, stage._issuer.Name, certificates, stage._directory.FullName);
            foreach (var (name, start) in Starters(plan, settings))
            {
                if (settings.Relays.Count == 0 || settings.Relays.Contains(name)) await stage.TryStart(name, () => start(cancel), absent);
            }

            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var relay in _relays) await relay.DisposeAsync();
        if (_registry is not null) await _registry.DisposeAsync();
        if (_issuer is not null) await _issuer.DisposeAsync();
        _bench?.Dispose();
        if (_backend is not null)
        {
            _backend.Kill();
            await _backend.WaitForExitAsync();
            _backend.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    static IEnumerable<(string Name, Func<CancellationToken, Task<IRelay>> Start)> Starters(RelayPlan plan, RelaySettings settings) =>
    [
        (NginxRelay.Title, cancel => NginxRelay.Start(plan, cancel)),
        (HaproxyRelay.Title, cancel => HaproxyRelay.Start(plan, cancel)),
        .. GatewayFlavour.All.Select(flavour => (flavour.Name, Starter(flavour, plan, settings))),
        (DirectRelay.Title, _ => Task.FromResult<IRelay>(new DirectRelay(plan))),
    ];

    static Func<CancellationToken, Task<IRelay>> Starter(GatewayFlavour flavour, RelayPlan plan, RelaySettings settings) =>
        cancel => GatewayRelay.Start(flavour, plan, settings.GatewayExecutable, cancel);

    async Task TryStart(string name, Func<Task<IRelay>> start, List<string> absent)
    {
        try
        {
            _relays.Add(await start());
        }
        catch (RelayStartException e)
        {
            absent.Add($"{name}: {e.Message}");
        }
    }

    async Task<BackendPorts> StartBackend(CertificateFiles certificates, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["backend", certificates.Directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _backend = Process.Start(start) ?? throw new InvalidOperationException("The backend did not start.");
        var ports = (await _backend.StandardOutput.ReadLineAsync(cancel))?.Split(' ')
            ?? throw new InvalidOperationException("The backend ended before it listened.");
        int Number(int at) => int.Parse(ports[at], CultureInfo.InvariantCulture);
        return new BackendPorts(Number(0), Number(1), Number(2), Number(3));
    }
}

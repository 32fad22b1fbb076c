using System.Buffers;
using System.Globalization;
using Gateway.Protocols;

namespace Gateway.Specs.Support;

/// <summary>
/// One recorded conversation, read from <c>Captures/PROTOCOL/NAME.hex</c>. Each line is one step:
/// <list type="bullet">
/// <item><c>&gt; HEX</c>: what the client sends; <c>&lt; HEX</c>: what the upstream sends. It goes on as it is, unless followed by:</item>
/// <item><c>&gt;= HEX</c>: what the upstream gets for the line before, and <c>&lt;= HEX</c>: what the client gets for it.</item>
/// </list>
/// A <c>#</c> starts a comment. Comments of their own can tell the session's circumstances: <c># allow: OPERATION RESOURCE</c>, <c># deny:
/// ...</c>, <c># login: USER PASSWORD</c> (the gateway's own), <c># survey: HEX</c> (what the upstream answers the gateway's questions), and what must come of it: <c># denied: OPERATION RESOURCE</c> in order, and
/// <c># refused: WORD</c>, the refusal that the last step meets.
/// </summary>
public sealed class Capture
{
    readonly List<CaptureStep> _steps = [];
    readonly List<OperationRule> _allow = [];
    readonly List<OperationRule> _deny = [];
    readonly List<DeniedOperation> _denied = [];

    Capture(string protocol) => Protocol = ProtocolCatalog.Find(protocol) ?? throw new InvalidDataException($"no protocol {protocol}");

    public ProtocolEntry Protocol { get; }

    public IReadOnlyList<CaptureStep> Steps => _steps;

    public OperationRules Rules => new(_allow, _deny);

    public UpstreamCredentials Login { get; private set; } = UpstreamCredentials.None;

    /// <summary>Where it takes place.</summary>
    public Circumstances Circumstances { get; private set; } = new("gw.example.org", 9092);

    public IReadOnlyList<DeniedOperation> Denied => _denied;

    public Refusal Refused { get; private set; }

    /// <summary>Captures of every protocol in the catalog, as <c>PROTOCOL/NAME.hex</c>; or those in its folder <c>refused</c>.</summary>
    public static IEnumerable<string> Names(bool refused)
    {
        var root = Repository.File("Gateway.Specs/Captures");
        return Directory.GetFiles(root, "*.hex", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
            .Where(name => ProtocolCatalog.Find(name.Split('/')[0]) is not null)
            .Where(name => name.Contains("/refused/", StringComparison.Ordinal) == refused)
            .Order(StringComparer.Ordinal);
    }

    public static Capture Load(string name) => Read(name.Split('/')[0], File.ReadLines(Repository.File($"Gateway.Specs/Captures/{name}")));

    public static Capture Read(string protocol, IEnumerable<string> lines)
    {
        var capture = new Capture(protocol);
        foreach (var line in lines)
        {
            if (line.StartsWith('#'))
                capture.Tell(line);
            else if (line.Trim().Length > 0)
                capture.Add(line.Split('#')[0].Trim());
        }

        return capture;
    }

    void Tell(string comment)
    {
        var words = comment.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words)
        {
            case ["#", "allow:", var operation, var resource]:
                _allow.Add(new(operation, resource));
                break;
            case ["#", "deny:", var operation, var resource]:
                _deny.Add(new(operation, resource));
                break;
            case ["#", "denied:", var operation, var resource]:
                _denied.Add(new(operation, resource));
                break;
            case ["#", "login:", var user, var password]:
                Login = new(user, password);
                break;
            case ["#", "survey:", var hex]:
                Circumstances = Circumstances with { Upstream = Survey(Convert.FromHexString(hex)) };
                break;
            case ["#", "refused:", var word]:
                Refused = RefusalFacts.Parse(word) ?? throw new InvalidDataException($"no refusal {word}");
                break;
        }
    }

    UpstreamFacts Survey(ReadOnlySpan<byte> answers)
    {
        var survey = Protocol.Survey!(Limits.Default, null);
        var questions = new ArrayBufferWriter<byte>();
        survey.StartUpstreamLogin(UpstreamCredentials.None, questions);
        while (true)
        {
            var read = survey.ReadUpstreamLogin(answers, questions);
            if (read.IsDone) return survey.Facts;
            if (read.Consumed == 0) throw new InvalidDataException($"the survey has no end: {read.Refusal} {read.Detail}");
            answers = answers[read.Consumed..];
        }
    }

    void Add(string line)
    {
        var mark = line.Split(' ')[0];
        var bytes = Convert.FromHexString(line[mark.Length..].Replace(" ", "", StringComparison.Ordinal));
        switch (mark)
        {
            case ">":
                _steps.Add(new(Direction.ToUpstream, bytes, ToUpstream: bytes, ToClient: []));
                break;
            case "<":
                _steps.Add(new(Direction.ToClient, bytes, ToUpstream: [], ToClient: bytes));
                break;
            case ">=":
                _steps[^1] = _steps[^1] with { ToUpstream = bytes };
                break;
            case "<=":
                _steps[^1] = _steps[^1] with { ToClient = bytes };
                break;
            default:
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"step {_steps.Count}: unknown mark {mark}"));
        }
    }
}

/// <summary>What one side sends, and what each side gets for it.</summary>
public sealed record CaptureStep(Direction Direction, byte[] Sent, byte[] ToUpstream, byte[] ToClient);

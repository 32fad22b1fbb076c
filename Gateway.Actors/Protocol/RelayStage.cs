using System.Text;
using Akka.Streams;
using Akka.Streams.Stage;
using Gateway.Actors.Legs;
using Gateway.Actors.Tls;
using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>
/// The middle of a running session: every chunk of either direction passes the conversation, which forwards, answers or refuses it. Decides when the
/// session is over, and says how on <see cref="RelayShape.Ended"/>. Pulls a side only when the other side has taken everything: back-pressure runs
/// from end to end, and what is held is a few chunks per direction.
/// </summary>
public sealed partial class RelayStage(
    Conversation conversation, RelayRules rules, SessionStop stop, IDenialLog denials, IAccessWatch access, TimeProvider time) : GraphStage<RelayShape>
{
    public override RelayShape Shape { get; } = new();

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        Begin(Shape, conversation, rules, stop, denials, access, time);

    internal static GraphStageLogic Begin(
        RelayShape shape, Conversation conversation, RelayRules rules, SessionStop stop, IDenialLog denials, IAccessWatch access, TimeProvider time) =>
        new Logic(shape, conversation, rules, stop, denials, access, time);

    sealed partial class Logic : TimerGraphStageLogic
    {
        /// <summary>Chunks that may wait for a peer while the other direction is still read.</summary>
        const int MostWaiting = 8;

        const string Silence = "silence";

        readonly RelayShape _shape;
        readonly Conversation _conversation;
        readonly RelayRules _rules;
        readonly SessionStop _stop;
        readonly IDenialLog _denials;
        readonly IAccessWatch _access;
        readonly TimeProvider _time;
        readonly Half _up;
        readonly Half _down;
        readonly ChunkWriter _own = new();
        readonly RelayOutput _output;
        CancellationTokenRegistration _stopRegistration;
        Action? _denialRecorded;
        SessionEnd? _firstClose;
        long _lastActivity;
        int _denialsInFlight;
        bool _isOver;

        public Logic(
            RelayShape shape, Conversation conversation, RelayRules rules, SessionStop stop, IDenialLog denials, IAccessWatch access, TimeProvider time)
            : base(shape)
        {
            (_shape, _conversation, _rules, _stop, _denials, _access, _time) = (shape, conversation, rules, stop, denials, access, time);
            _up = new Half(this, Direction.ToUpstream);
            _down = new Half(this, Direction.ToClient);
            _output = new RelayOutput(_up.Output, _down.Output, _own);
            foreach (var half in new[] { _up, _down })
            {
                SetHandler(_shape.In(half.Direction), half);
                SetHandler(_shape.Out(half.Direction), half);
            }

            SetHandler(_shape.Ended, DoNothing, _ => CompleteStage());
        }

        public override void PreStart()
        {
            _lastActivity = _time.GetTimestamp();
            var stopped = GetAsyncCallback(() => End(_stop.Reason!));
            _stopRegistration = _stop.Requested.UnsafeRegister(static callback => ((Action)callback!)(), stopped);
            ScheduleOnce(Silence, _rules.IdleTimeout);
            WatchAccess();
            WatchUpstream();
        }

        public override void PostStop()
        {
            _stopRegistration.Dispose();
            EndMute();
            _up.Clear();
            _down.Clear();
            _own.Clear();
        }

        protected override void OnTimer(object timerKey)
        {
            if (timerKey is Expiry) CheckExpiry();
            else if (timerKey is Warning) Warn();
            else if (timerKey is Muted) ReadClientAgain();
            else if (timerKey is UpstreamEnds) RenewUpstream();
            else if (timerKey is UpstreamAnswers) CheckUpstream();
            else CheckSilence();
        }

        void CheckSilence()
        {
            var left = _rules.LongestSilence(_firstClose is not null) - _time.GetElapsedTime(_lastActivity);
            if (left > TimeSpan.Zero) ScheduleOnce(Silence, left);
            else if (_isMuted) ScheduleOnce(Silence, _rules.IdleTimeout);
            else End(_firstClose ?? SessionEnd.Refused(Refusal.SessionIdle, $"neither side sent anything for {_rules.IdleTimeout}"));
        }

        void Arrived(Half half)
        {
            var chunk = Grab(_shape.In(half.Direction));
            _lastActivity = _time.GetTimestamp();
            var verdict = _conversation.Relay(half.Direction, chunk.Span, _output);
            if (verdict.IsWhole)
            {
                Send(half, chunk);
                if (_own.IsEmpty && _output.Mute == TimeSpan.Zero) return;
            }
            else
            {
                chunk.Return();
            }

            Settle(verdict);
        }

        /// <summary>What a chunk has led to, besides what goes on whole.</summary>
        void Settle(RelayVerdict verdict)
        {
            if (verdict.Refusal == Refusal.None) SendOutput();
            else Refuse(verdict.Refusal, verdict.Detail ?? "");
            RecordDenials();
            if (_conversation.Seen.HasFresh) _denials.FirstSeen(_conversation.Seen.Take());
            UpstreamMayHaveAnswered();
            AskForSchemas(_up);
            AskForSchemas(_down);
            if (_output.Mute > TimeSpan.Zero) MuteClient();
            if (_output.Proof is { } proof) Renew(proof);
            if (_output.Question is { } question) Find(question);
            PullWhatIsWanted();
        }

        void Demanded(Half half)
        {
            if (half.Waiting.TryDequeue(out var chunk)) Push(_shape.Out(half.Direction), chunk);
            if (half.IsDone && half.Waiting.Count == 0) Complete(_shape.Out(half.Direction));
            PullWhatIsWanted();
        }

        void Finished(Half half)
        {
            if (half.AsksForSchemas)
            {
                half.FinishedEarly = true;
                return;
            }

            if (half == _up && _conversation.AwaitsUpstream)
            {
                _clientFinishedEarly = true;
                return;
            }

            var refusal = _conversation.FinishDirection(half.Direction);
            if (refusal == Refusal.None) CloseHalf(half, SessionEnd.ClosedBy(half.Direction));
            else Refuse(refusal, "the connection ended within a frame");
        }

        /// <summary>How the session is ending already: by words of farewell, or by the first close.</summary>
        SessionEnd? FirstClose => _firstClose ?? (_conversation.Farewell is { } side ? SessionEnd.ClosedBy(side) : null);

        void Failed(Half half, Exception cause) => Broke(half.Direction, "broke off", cause);

        // The sink of a leg gives up only when writing failed: the peer is gone.
        void Unwanted(Half half, Exception cause) =>
            Broke(half.Direction == Direction.ToClient ? Direction.ToUpstream : Direction.ToClient, "stopped receiving", cause);

        // A side that breaks once the session has begun to end adds a detail to that end; it is not the cause of it.
        void Broke(Direction side, string how, Exception cause)
        {
            var detail = $"the {(side == Direction.ToUpstream ? "client" : "upstream")} {how}: {TlsFacts.Innermost(cause)}";
            if (FirstClose is { } closed) End(closed with { Detail = $"afterwards {detail}" });
            else if (side == Direction.ToUpstream) End(SessionEnd.ClosedBy(Direction.ToUpstream, detail));
            // In TLS 1.3 an upstream refuses the gateway's certificate, or that there is none, only after the handshake.
            else Refuse(TlsAlert.OfUpstream(cause, Refusal.UpstreamLost), detail);
        }

        void CloseHalf(Half half, SessionEnd end)
        {
            if (_isOver) return;
            _firstClose = FirstClose ?? end;
            half.IsDone = true;
            if (half.Waiting.Count == 0) Complete(_shape.Out(half.Direction));
            if (_up.IsDone && _down.IsDone) End(_firstClose);
            else ScheduleOnce(Silence, _rules.LongestSilence(isHalfClosed: true));
        }

        void Refuse(Refusal refusal, string detail) => End(SessionEnd.Refused(refusal, detail));

        void End(SessionEnd end)
        {
            if (_isOver) return;
            _isOver = true;
            Cancel(_shape.FromClient);
            Cancel(_shape.FromUpstream);
            _up.Output.Clear();
            _down.Output.Clear();
            _own.Clear();
            if (!end.RanItsCourse) _conversation.Refuse(end.Refusal, _down.Output);
            while (_down.Output.TryTake(out var words)) Send(_down, words);
            // A session that ran its course delivers what it still holds; one that was ended does not.
            if (!_up.IsDone) Complete(_shape.ToUpstream);
            if (_down.Waiting.Count == 0) Complete(_shape.ToClient);
            _down.IsDone = true;
            Emit(_shape.Ended, end, () => Complete(_shape.Ended));
        }

        void SendOutput()
        {
            while (_up.Output.TryTake(out var chunk)) Send(_up, chunk);
            while (_own.TryTake(out var chunk))
            {
                chunk.IsOwn = true;
                Send(_up, chunk);
            }

            while (_down.Output.TryTake(out var chunk)) Send(_down, chunk);
        }

        void Send(Half half, Chunk chunk)
        {
            var outlet = _shape.Out(half.Direction);
            if (IsClosed(outlet)) chunk.Return();
            else if (half.Waiting.Count == 0 && IsAvailable(outlet)) Push(outlet, chunk);
            else half.Waiting.Enqueue(chunk);
        }

        void PullWhatIsWanted()
        {
            if (_isOver || _denialsInFlight >= IDenialLog.Most) return;
            if (!_isRenewing && !_isMuted && !_conversation.AwaitsUpstream) PullIfWanted(_up, other: _down);
            PullIfWanted(_down, other: _up);
        }

        void PullIfWanted(Half half, Half other)
        {
            // A chunk of one side may make output for both. A peer that takes nothing must not stop its own sending at once, but soon.
            if (half.AsksForSchemas || half.Waiting.Count > 0 || other.Waiting.Count >= MostWaiting) return;
            var inlet = _shape.In(half.Direction);
            if (IsAvailable(_shape.Out(half.Direction)) && !HasBeenPulled(inlet) && !IsClosed(inlet)) Pull(inlet);
        }

        void RecordDenials()
        {
            if (_output.Denied.Count == 0) return;
            foreach (var denied in _output.Denied) _conversation.Seen.See(denied.Operation, Encoding.UTF8.GetBytes(denied.Resource), isDenied: true);
            _denialsInFlight++;
            _denials.Denied([.. _output.Denied], _denialRecorded ??= GetAsyncCallback(DenialRecorded));
            _output.Denied.Clear();
        }

        void DenialRecorded()
        {
            _denialsInFlight--;
            PullWhatIsWanted();
        }

        /// <summary>One direction of the relay, and what is called at its ends: ten delegates instead would be a kilobyte of a silent session.</summary>
        sealed class Half(Logic relay, Direction direction) : IInHandler, IOutHandler
        {
            public Direction Direction { get; } = direction;

            public ChunkWriter Output { get; } = new();

            /// <summary>What the next side has not asked for yet.</summary>
            public Queue<Chunk> Waiting { get; } = new();

            /// <summary>What came waits for schemas.</summary>
            public bool AsksForSchemas { get; set; }

            /// <summary>The peer will send no more, and what it sent last waits for schemas.</summary>
            public bool FinishedEarly { get; set; }

            /// <summary>Nothing more will come.</summary>
            public bool IsDone { get; set; }

            public void OnPush() => relay.Arrived(this);

            public void OnUpstreamFinish() => relay.Finished(this);

            public void OnUpstreamFailure(Exception cause) => relay.Failed(this, cause);

            public void OnPull() => relay.Demanded(this);

            public void OnDownstreamFinish(Exception cause) => relay.Unwanted(this, cause);

            public void Clear()
            {
                Output.Clear();
                while (Waiting.TryDequeue(out var chunk)) chunk.Return();
            }
        }
    }
}

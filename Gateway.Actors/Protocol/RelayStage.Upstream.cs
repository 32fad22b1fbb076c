using Gateway.Protocols;

namespace Gateway.Actors.Protocol;

/// <summary>The part of the relay that keeps the gateway logged in at an upstream which lets a login last a while only.</summary>
public sealed partial class RelayStage
{
    sealed partial class Logic
    {
        const string UpstreamEnds = "upstream.ends";
        const string UpstreamAnswers = "upstream.answers";

        /// <summary>The part of a login's time after which it is renewed. Origin: Kafka's own clients do so after 85 to 95 %.</summary>
        const double RenewedAfter = 0.85;

        /// <summary>And after which it is tried again where that could not even begin.</summary>
        const double Again = 0.03;

        Action<Verdict<UpstreamCredentials>>? _credentialsRead;
        long _upstreamSince;
        bool _isReadingCredentials;
        bool _awaitedUpstream;
        int _upstreamLogins;

        /// <summary>The client will send no more, and what it sent last waits with the upstream's answer.</summary>
        bool _clientFinishedEarly;

        /// <summary>The upstream was told that nothing more will come: a login would not reach it, and what it still owes it answers without.</summary>
        bool IsAskedNoMore => _isOver || _up.IsDone;

        void WatchUpstream()
        {
            if (_conversation.UpstreamLasts is not { } lasts) return;
            _credentialsRead ??= GetAsyncCallback<Verdict<UpstreamCredentials>>(CredentialsRead);
            _upstreamSince = _time.GetTimestamp();
            ScheduleOnce(UpstreamEnds, Schedulable(lasts * RenewedAfter));
        }

        void RenewUpstream()
        {
            if (IsAskedNoMore || _isReadingCredentials || _conversation.AwaitsUpstream || _conversation.UpstreamLasts is not { } lasts) return;
            if (lasts * RenewedAfter - _time.GetElapsedTime(_upstreamSince) is { Ticks: > 0 } left)
            {
                ScheduleOnce(UpstreamEnds, Schedulable(left));
                return;
            }

            _isReadingCredentials = true;
            _ = TellAsync(_rules.Credentials, _credentialsRead!);
        }

        void CredentialsRead(Verdict<UpstreamCredentials> read)
        {
            _isReadingCredentials = false;
            if (IsAskedNoMore || _conversation.UpstreamLasts is not { } lasts) return;
            if (read.IsGranted)
            {
                _conversation.RenewUpstream(read.Value, _output);
                SendOutput();
                UpstreamMayHaveAnswered();
            }
            else if (_time.GetElapsedTime(_upstreamSince) >= lasts)
            {
                Refuse(read.Refusal, $"the gateway's login at the upstream is over, and it has no other: {read.Detail}");
            }
            else
            {
                ScheduleOnce(UpstreamEnds, Schedulable(lasts * Again));
            }
        }

        /// <summary>Minds how long the upstream takes, once it was asked; and the end of the login it has taken.</summary>
        void UpstreamMayHaveAnswered()
        {
            if (_isOver || _conversation.AwaitsUpstream == _awaitedUpstream) return;
            _awaitedUpstream = _conversation.AwaitsUpstream;
            CancelTimer(UpstreamAnswers);
            if (_awaitedUpstream)
            {
                ScheduleOnce(UpstreamAnswers, _rules.UpstreamTimeout);
                return;
            }

            // What was awaited may have been something else; then the login ends when it would have.
            if (_conversation.UpstreamLogins == _upstreamLogins) RenewUpstream();
            else WatchUpstream();
            _upstreamLogins = _conversation.UpstreamLogins;
            if (_clientFinishedEarly) Finished(_up);
        }

        void CheckUpstream()
        {
            if (_conversation.AwaitsUpstream) Refuse(Refusal.UpstreamTooSlow, "the upstream did not answer in time what the gateway asked for itself");
        }
    }
}

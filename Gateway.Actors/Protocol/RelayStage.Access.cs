using Gateway.Actors.Authorize;
using Gateway.Protocols;
using Gateway.Protocols.Sasl;

namespace Gateway.Actors.Protocol;

/// <summary>The part of the relay that minds what the session stands on: its end, the warning before it, and proofs that move it.</summary>
public sealed partial class RelayStage
{
    sealed partial class Logic
    {
        const string Expiry = "expiry";
        const string Warning = "warning";

        static readonly TimeSpan s_farthest = TimeSpan.FromDays(20);

        // Made when they are needed first, as every such callback: most sessions never do, and each costs an idle one a quarter of a KiB.
        Action<Verdict<AccessTerm>>? _renewed;
        Action<Verdict<AccountAnswer>>? _found;
        DateTimeOffset? _warnedOf;
        bool _isRenewing;

        void WatchAccess() => _access.OnChange(GetAsyncCallback(ScheduleExpiry));

        void ScheduleExpiry()
        {
            CancelTimer(Expiry);
            CancelTimer(Warning);
            if (_access.Term.Until is not { } expires) return;
            var left = expires - _time.GetUtcNow();
            ScheduleOnce(Expiry, Schedulable(left));
            if (_warnedOf != expires && _rules.TillWarning(left) is { } wait && wait <= s_farthest) ScheduleOnce(Warning, wait);
        }

        void Warn()
        {
            _warnedOf = _access.Term.Until;
            _access.Ending(_access.Term);
        }

        void CheckExpiry()
        {
            var (term, now) = (_access.Term, _time.GetUtcNow());
            if (term.Until is not { } expires) return;
            if (expires > now) ScheduleExpiry();
            else End(SessionEnd.Refused(term.EndsWith, $"{term.EndOf} ended at {expires:u}"));
        }

        // The client is read no further until its new proof is judged: what it sends next is of whoever it then is.
        void Renew(ClientProof proof)
        {
            _output.Proof = null;
            if (_isOver) return;
            _isRenewing = true;
            _ = TellAsync(() => _access.RenewAsync(proof), _renewed ??= GetAsyncCallback<Verdict<AccessTerm>>(Renewed));
        }

        // Nor is it while it is found out by what that proof is to be judged.
        void Find(AccountQuestion question)
        {
            _output.Question = null;
            if (_isOver) return;
            _isRenewing = true;
            _ = TellAsync(() => _access.FindAsync(question), _found ??= GetAsyncCallback<Verdict<AccountAnswer>>(Found));
        }

        void Found(Verdict<AccountAnswer> verdict)
        {
            _isRenewing = false;
            if (_isOver) return;
            var refusal = verdict.IsGranted ? _conversation.Answer(verdict.Value, _down.Output) : verdict.Refusal;
            if (refusal == Refusal.None) SendOutput();
            else Refuse(refusal, verdict.IsGranted ? "answers pile up while they cannot be sent" : verdict.Detail);
            PullWhatIsWanted();
        }

        /// <summary>Hands on what is found, or that finding it out failed: nobody else would hear of that.</summary>
        static async Task TellAsync<T>(Func<Task<Verdict<T>>> find, Action<Verdict<T>> found)
            where T : class
        {
            try
            {
                found(await find().ConfigureAwait(false));
            }
            catch (Exception fault)
            {
                found(new Refused(Refusal.InternalFault, fault.GetBaseException().GetType().Name));
            }
        }

        void Renewed(Verdict<AccessTerm> verdict)
        {
            _isRenewing = false;
            if (_isOver) return;
            if (verdict.IsGranted) _conversation.AccessLeft = verdict.Value.Until - _time.GetUtcNow();
            var refusal = verdict.IsGranted ? _conversation.Renewed(_down.Output) : verdict.Refusal;
            if (refusal == Refusal.None) SendOutput();
            else Refuse(refusal, verdict.IsGranted ? "answers pile up while they cannot be sent" : verdict.Detail);
            PullWhatIsWanted();
        }

        // Timers count milliseconds in 31 bits; one that comes early is set again.
        static TimeSpan Schedulable(TimeSpan time) => time <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : time < s_farthest ? time : s_farthest;
    }
}

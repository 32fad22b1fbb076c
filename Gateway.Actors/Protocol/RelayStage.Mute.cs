namespace Gateway.Actors.Protocol;

/// <summary>The part of the relay that reads a client no further for a while, because it asks too much.</summary>
public sealed partial class RelayStage
{
    sealed partial class Logic
    {
        const string Muted = "muted";

        bool _isMuted;
        long _mutedAt;
        TimeSpan _mutedFor;

        void MuteClient()
        {
            var time = _output.Mute;
            _output.Mute = TimeSpan.Zero;
            if (_isOver || _isMuted && _mutedFor - _time.GetElapsedTime(_mutedAt) >= time) return;
            if (!_isMuted) _rules.Muted(1);
            (_isMuted, _mutedAt, _mutedFor) = (true, _time.GetTimestamp(), time);
            ScheduleOnce(Muted, Schedulable(time));
        }

        void ReadClientAgain()
        {
            var left = _mutedFor - _time.GetElapsedTime(_mutedAt);
            if (left > TimeSpan.Zero)
            {
                ScheduleOnce(Muted, Schedulable(left));
                return;
            }

            // That it said nothing meanwhile was not its doing.
            EndMute();
            _lastActivity = _time.GetTimestamp();
            PullWhatIsWanted();
        }

        void EndMute()
        {
            if (_isMuted) _rules.Muted(-1);
            _isMuted = false;
        }
    }
}

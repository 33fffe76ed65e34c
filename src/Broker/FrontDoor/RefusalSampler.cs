namespace MoshBroker.FrontDoor;

/// <summary>Lets a few lines about each user through: any account of the machine may ask for what it may not have, as often as it likes.</summary>
internal sealed class RefusalSampler(TimeProvider time)
{
    private const int Burst = 5;
    private const int MostUsers = 1024; // Beyond it all are forgotten: the sample begins anew.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, (long Since, int Told, int Passed)> _users = [];

    /// <summary>How many were passed over since the last line about the user, when there is to be another one; null when this one is passed over, too.</summary>
    public int? Take(uint uid)
    {
        lock (_gate)
        {
            if (_users.Count >= MostUsers && !_users.ContainsKey(uid)) { _users.Clear(); }
            (long since, int told, int passed) = _users.TryGetValue(uid, out (long Since, int Told, int Passed) known) ? known : (time.GetTimestamp(), 0, 0);
            if (time.GetElapsedTime(since) >= Window) { (since, told) = (time.GetTimestamp(), 0); }
            bool tells = told < Burst;
            _users[uid] = tells ? (since, told + 1, 0) : (since, told, passed + 1);
            return tells ? passed : null;
        }
    }
}

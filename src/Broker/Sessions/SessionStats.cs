using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Numbers of one session that its own turns write and anybody may read: each is one aligned word, and none needs another.</summary>
internal sealed class SessionStats
{
    public int Columns;
    public int Rows;
    public long PtyBytesRead;
    public long PtyBytesWritten;
    public int PendingInput;
    public long LastNewState = MonoTime.Never.Milliseconds;

    /// <summary>When the screen was locked; 0 while it is not.</summary>
    public long LockedSince;

    /// <summary>The reason of the end as an int; -1 while the session lives.</summary>
    public int EndReason = -1;

    /// <summary>A <see cref="Verdicts.VerdictCause">cause</see>, since when, and the number that goes with it.</summary>
    public int VerdictCause = (int)Verdicts.VerdictCause.NoClient;
    public long VerdictSince;
    public long VerdictDetail;

    public bool HasEnded => Volatile.Read(ref EndReason) >= 0;
}

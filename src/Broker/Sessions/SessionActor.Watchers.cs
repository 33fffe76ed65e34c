using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Those who only look: the watched are told, and it ends when the right to it does.</summary>
internal sealed partial class SessionActor
{
    /// <summary>Who has not been heard for so long is away, as for stock's server.</summary>
    private const long StaleMs = 40_000;

    private const int LongestWatcher = 32; // Letters of a name on somebody's screen.

    private int _watchers;
    private string? _watchedBy;

    /// <summary>Counts who watches just now, tells the screen, and says when to count again.</summary>
    private MonoTime NoteWatchers(MonoTime now)
    {
        int count = 0;
        string? by = null;
        MonoTime next = MonoTime.Forever;
        foreach (Channel channel in _channels)
        {
            if (channel.Watcher is not { } watcher) { continue; }
            if (channel.IsOpen && now >= watcher.Until) { channel.StartShutdown(now); }
            MonoTime staleAt = channel.LastHeard == MonoTime.Never ? MonoTime.Never : channel.LastHeard.Plus(StaleMs);
            bool isThere = channel.IsOpen && now < staleAt;
            if (isThere != channel.IsWatching)
            {
                channel.IsWatching = isThere;
                Recording?.Mark(now, $"watcher {(isThere ? "attached" : "left")}: {watcher.By}");
            }

            if (!isThere) { continue; }
            count++;
            by ??= watcher.By;
            next = MonoTime.Min(next, MonoTime.Min(staleAt, watcher.Until));
        }

        foreach (TerminalChannel terminal in _terminals)
        {
            if (terminal.Watcher is not { } watcher || terminal.IsGone) { continue; }
            if (now >= watcher.Until) { terminal.End(1, "your right to watch is over"); }
            count++;
            by ??= watcher.By;
            next = MonoTime.Min(next, watcher.Until);
        }

        foreach (ScreenTap tap in _taps)
        {
            count++;
            by ??= tap.By;
        }

        if (Admission is { Rules.ShowsWatchers: false }) { (count, by) = (0, null); }
        if (count == _watchers && by == _watchedBy) { return next; }
        (_watchers, _watchedBy) = (count, by);
        _terms.SetNote(by is null ? null : NoteOf(by, count));
        return next;
    }

    private static string NoteOf(string by, int count)
    {
        string name = new([.. by.Take(LongestWatcher).Select(letter => letter is >= ' ' and <= '~' ? letter : '?')]);
        return count == 1 ? $"{name} is watching this session." : $"{name} and {count - 1} more are watching this session.";
    }

    /// <summary>True while somebody who may type is there, or may be: he was heard lately, or his client has still to come.</summary>
    private bool HasLiveUser(MonoTime now)
    {
        foreach (Channel channel in _channels)
        {
            if (channel.IsReadOnly || !channel.IsOpen) { continue; }
            MonoTime until = channel.LastHeard == MonoTime.Never ? channel.CreatedAt.Plus(FirstClientLimitMs) : channel.LastHeard.Plus(StaleMs);
            if (now < until) { return true; }
        }

        foreach (TerminalChannel terminal in _terminals)
        {
            if (!terminal.IsReadOnly && !terminal.IsGone) { return true; }
        }

        foreach (Mirror mirror in _mirrors)
        {
            if (mirror.HeardSecondsAgo(now) * 1000 < StaleMs) { return true; }
        }

        return false;
    }
}

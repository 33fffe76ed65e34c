using System.Text;
using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Lobby;

/// <summary>The menu as what runs in a session; once something is chosen, that runs in its place, and the menu comes back if it cannot be had.</summary>
internal sealed class LobbyBackend : IBackend, IBackendHandler, IScheduled
{
    private const long IdleMs = 300_000; // Nobody chooses: whoever went away can come again.
    private const long WarningMs = 60_000;
    private const long RefreshMs = 10_000; // Targets open and close, and others of his clients come and go.
    private const long SequenceMs = 60; // An ESC that nothing has followed by then was the key.
    private const string Reset = "\ec";
    private static readonly byte[] ResetBytes = "\ec"u8.ToArray();

    private readonly ILobbyDesk _desk;
    private readonly IDispatcher _loop;
    private readonly IBackendHandler _handler;
    private readonly Func<IBackendSource, IBackendHandler, IBackend> _start;
    private readonly string _session;
    private readonly ActorTimer _timer;
    private readonly MenuKeyReader _keys = new();
    private readonly MenuScreen _screen = new();
    private readonly Menu _menu;
    private readonly Lock _crossing = new(); // Guards what other threads leave here.
    private (bool Came, IReadOnlyList<MenuItem>? Items) _offer;
    private LobbyAnswer? _answer;
    private Exception? _failure; // The desk's: a fault of ours.
    private IBackend? _inside;
    private bool _isWaiting = true;
    private bool _isChoosing;
    private bool _isAnnounced;
    private bool _isWarned;
    private bool _disposed;
    private int _columns;
    private int _rows;
    private MonoTime _lastKey;
    private MonoTime _refreshAt = MonoTime.Forever;
    private MonoTime _sequenceEnd = MonoTime.Forever;

    /// <param name="start">Begins what was chosen, for a handler.</param>
    public LobbyBackend(ILobbyDesk desk, IDispatcher loop, SessionFacts facts, IBackendHandler handler, Func<IBackendSource, IBackendHandler, IBackend> start)
    {
        _desk = desk;
        _loop = loop;
        _handler = handler;
        _start = start;
        _session = facts.Id;
        _columns = facts.Columns;
        _rows = facts.Rows;
        _menu = new Menu(desk.Title);
        _timer = new ActorTimer(this);
    }

    public int PendingInput => _inside?.PendingInput ?? 0;

    public MonoTime StalledSince => _inside?.StalledSince ?? MonoTime.Forever;

    public TargetState? Target => Volatile.Read(ref _inside)?.Target;

    public TtyFlow Flow => _inside?.Flow ?? default;

    public int CountUnread() => _inside?.CountUnread() ?? 0;

    public void Pause(bool isPaused) => _inside?.Pause(isPaused);

    public Survival.Lifeline? Lifeline => _handler.Lifeline;

    public void Push(MonoTime now) => _inside?.Push(now);

    public void OnClientQuit() => _inside?.OnClientQuit();

    public void Release(MonoTime now)
    {
        if (!_isWaiting) { return; }
        _isWaiting = false;
        _lastKey = now;
        Open(now, null);
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        if (_inside is not null)
        {
            _inside.Send(now, input);
            return;
        }

        if (_isWaiting || _isChoosing || _disposed) { return; }
        _lastKey = now;
        _isWarned = false;
        foreach (byte next in input)
        {
            if (!_keys.TryRead(next, out MenuKey key)) { continue; }
            Press(key);
            if (_disposed || _isChoosing) { return; } // What was typed ahead is not meant for what comes now.
        }

        _sequenceEnd = _keys.IsInDoubt ? now.Plus(SequenceMs) : MonoTime.Forever;
        Draw(now);
        Arm();
    }

    public void Resize(int columns, int rows)
    {
        (_columns, _rows) = (columns, rows);
        if (_inside is not null) { _inside.Resize(columns, rows); }
        else if (!_isWaiting && !_disposed) { _loop.Schedule(this); } // The session's own turn is not over: its terminal may not have that size yet.
    }

    public void OnOutput(MonoTime now, ReadOnlySpan<byte> output)
    {
        if (_isAnnounced)
        {
            _isAnnounced = false;
            _handler.OnOutput(now, ResetBytes);
            _handler.OnOwnWords();
        }

        _handler.OnOutput(now, output);
    }

    public void OnOwnWords() => _handler.OnOwnWords();

    public void OnProgram(Survival.SavedProgram program) => _handler.OnProgram(program);

    public void OnOutputEnd(MonoTime now) => _handler.OnOutputEnd(now);

    public void OnBackendEnded(BackendEnd end)
    {
        Volatile.Write(ref _inside, null);
        End(end);
    }

    /// <summary>What was chosen cannot be had, or is no more: back to the menu, with the reason.</summary>
    public bool OnParted(MonoTime now, string line)
    {
        if (_disposed) { return false; }
        Volatile.Write(ref _inside, null);
        _desk.Return(_session);
        _lastKey = now;
        Open(now, line);
        return true;
    }

    public void OnFault(Exception failure) => _handler.OnFault(failure);

    /// <summary>Something came from another thread, or the size has changed.</summary>
    public void Run(MonoTime now)
    {
        LobbyAnswer? answer;
        Exception? failed;
        (bool came, IReadOnlyList<MenuItem>? items) = (false, null);
        lock (_crossing)
        {
            (answer, _answer) = (_answer, null);
            ((came, items), _offer) = (_offer, default);
            (failed, _failure) = (_failure, null);
        }

        if (_disposed)
        {
            (answer as LobbyAnswer.Enter)?.Source.Dispose();
            return;
        }

        if (failed is not null)
        {
            (answer as LobbyAnswer.Enter)?.Source.Dispose();
            _handler.OnFault(failed);
            return;
        }

        try
        {
            if (came && items is null) { End(BackendEnd.Exited); }
            else if (came) { _menu.Offer(items!); }
            if (answer is not null) { Take(now, answer); }
            if (!_disposed && _inside is null && !_isChoosing) { Draw(now); }
            _handler.OnOutputEnd(now);
        }
        catch (Exception failure)
        {
            _handler.OnFault(failure);
        }
    }

    public void OnTimer(MonoTime now)
    {
        if (_disposed || _inside is not null || _isChoosing) { return; }
        if (now >= _sequenceEnd)
        {
            _sequenceEnd = MonoTime.Forever;
            if (_keys.TryEnd(out MenuKey key)) { Press(key); }
            if (!_disposed) { Draw(now); }
        }

        if (now >= _lastKey.Plus(IdleMs)) { End(BackendEnd.Exited); }
        else if (now >= _lastKey.Plus(IdleMs - WarningMs) && !_isWarned)
        {
            _isWarned = true;
            _menu.Say("Nobody has chosen anything for a while: this menu closes within a minute. Any key keeps it.");
            Draw(now);
        }

        if (!_disposed && now >= _refreshAt)
        {
            _refreshAt = now.Plus(RefreshMs);
            Look();
        }

        if (!_disposed) { Arm(); }
        _handler.OnOutputEnd(now);
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _loop.Arm(_timer, MonoTime.Forever);
        _inside?.Dispose();
    }

    private void Open(MonoTime now, string? line)
    {
        _isChoosing = _isAnnounced = false;
        _menu.Say(line is { Length: > 0 } ? line : null);
        _handler.OnOutput(now, ResetBytes);
        Draw(now);
        _refreshAt = now.Plus(RefreshMs);
        Look();
        Arm();
    }

    private void Press(MenuKey key)
    {
        switch (_menu.OnKey(key))
        {
            case MenuOutcome.Leave:
                End(BackendEnd.Exited);
                break;
            case MenuOutcome.Choose:
                _isChoosing = true;
                _ = ChooseAsync(_menu.Selected!);
                break;
        }
    }

    private void Take(MonoTime now, LobbyAnswer answer)
    {
        switch (answer)
        {
            case LobbyAnswer.Refused refused:
                _isChoosing = false;
                _menu.Say(refused.Line);
                Look(); // It may be no longer there to be chosen.
                Arm();
                break;
            case LobbyAnswer.Enter enter:
                _isChoosing = false;
                _loop.Arm(_timer, MonoTime.Forever);
                _handler.OnOutput(now, Encoding.UTF8.GetBytes($"{Reset}Going to {ScreenLine.Harmless(_menu.Selected?.Name ?? "")} ... (Ctrl-C goes back)"));
                _isAnnounced = true;
                IBackend inside = _start(enter.Source, this);
                Volatile.Write(ref _inside, inside);
                inside.Resize(_columns, _rows);
                inside.Release(now);
                break;
        }
    }

    private void Draw(MonoTime now) => _handler.OnOutput(now, _screen.Draw(_menu, _columns, _rows));

    private void Arm() => _loop.Arm(
        _timer, MonoTime.Min(MonoTime.Min(_sequenceEnd, _refreshAt), _lastKey.Plus(_isWarned ? IdleMs : IdleMs - WarningMs)));

    private void Look() => _ = LookAsync();

    private async Task LookAsync()
    {
        try
        {
            IReadOnlyList<MenuItem>? items = await _desk.LookAsync();
            lock (_crossing) { _offer = (true, items); }
        }
        catch (Exception failure)
        {
            lock (_crossing) { _failure = failure; }
        }

        _loop.Schedule(this);
    }

    private async Task ChooseAsync(MenuItem item)
    {
        try
        {
            LobbyAnswer answer = await _desk.ChooseAsync(_session, item);
            lock (_crossing) { _answer = answer; }
        }
        catch (Exception failure)
        {
            lock (_crossing) { _failure = failure; }
        }

        _loop.Schedule(this);
    }

    /// <summary>The turn's end, which every caller brings about, lets the session draw the consequence.</summary>
    private void End(BackendEnd end)
    {
        Dispose();
        _handler.OnBackendEnded(end);
    }
}

using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;

namespace MoshBroker.Sessions;

/// <summary>People at the session by plain ssh.</summary>
internal sealed partial class SessionActor
{
    private TerminalChannel[] _terminals = [];

    /// <summary>Like <see cref="Channels"/>: an array that is replaced, never changed.</summary>
    public IReadOnlyList<TerminalChannel> Terminals => Volatile.Read(ref _terminals);

    private void AddTerminal(MonoTime now, SessionMessage.AttachTerminal attach)
    {
        if (_phase >= Phase.Ending)
        {
            attach.Seed.Dispose();
            return;
        }

        if (attach.Takes) { Take(now, "taken over from elsewhere"); }
        TerminalChannel terminal = new(now, attach.Id, attach.Seed, this, attach.Loop, attach.ReadBuffer, _terminal, _host.SendBuffer);
        terminal.SetOverlay(_terms.Overlay);
        Volatile.Write(ref _terminals, [.. _terminals, terminal]);
        _log.Attached(Facts.Id, attach.Seed.From);
        Diagnosis.Timeline.Add(now, TimelineKind.Attached, -1);
        Recording?.Mark(now, $"{(attach.Seed.IsReadOnly ? "watcher" : "terminal")} attached: {attach.Seed.From}");
        if (!attach.Seed.IsReadOnly) { OnNewState(now); }
    }

    /// <summary>Ends what others have of the session but for watching it: somebody takes it over.</summary>
    private void Take(MonoTime now, string why)
    {
        foreach (Channel channel in _channels.Where(channel => !channel.IsReadOnly)) { channel.StartShutdown(now); }
        foreach (TerminalChannel terminal in _terminals.Where(terminal => !terminal.IsReadOnly)) { terminal.End(0, why); }
    }

    private void Detach(MonoTime now, int id)
    {
        Array.Find(_channels, channel => channel.Id == id)?.StartShutdown(now);
        Array.Find(_terminals, terminal => terminal.Id == id)?.End(0, "detached by an operator");
    }

    private MonoTime FlushTerminals(MonoTime now)
    {
        MonoTime next = MonoTime.Forever;
        foreach (TerminalChannel terminal in _terminals) { next = MonoTime.Min(next, terminal.Flush(now)); }
        if (Array.Exists(_terminals, terminal => terminal.IsGone))
        {
            TerminalChannel[] gone = Array.FindAll(_terminals, terminal => terminal.IsGone);
            Volatile.Write(ref _terminals, Array.FindAll(_terminals, terminal => !terminal.IsGone));
            foreach (TerminalChannel terminal in gone) { terminal.Dispose(); }
            Diagnosis.Timeline.Add(now, TimelineKind.Detached, -1);
        }

        return next;
    }

    /// <summary>A tty has no datagrams that could be refused one by one: whoever is where he may no longer be is told, and gone.</summary>
    private void ApplyTermsToTerminals()
    {
        foreach (TerminalChannel terminal in _terminals)
        {
            terminal.SetOverlay(_terms.Overlay);
            if (!_terms.Networks.Contains(terminal.Client)) { terminal.End(1, "you may not connect from this network"); }
        }
    }

    private void EndTerminals(string why)
    {
        foreach (TerminalChannel terminal in _terminals) { terminal.End(0, why); }
    }

    private void DropTerminals()
    {
        TerminalChannel[] terminals = _terminals;
        Volatile.Write(ref _terminals, []);
        foreach (TerminalChannel terminal in terminals)
        {
            terminal.End(1, "the session is over");
            terminal.Dispose();
        }
    }
}

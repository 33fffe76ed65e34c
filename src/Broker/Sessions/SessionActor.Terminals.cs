using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;

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
        TerminalChannel terminal = new(now, attach.Id, attach.Seed, this, attach.Loop, attach.ReadBuffer, _terminal);
        terminal.SetOverlay(_terms.Overlay);
        Volatile.Write(ref _terminals, [.. _terminals, terminal]);
        _log.Attached(Facts.Id, attach.Seed.From);
        Diagnosis.Timeline.Add(now, TimelineKind.Attached, -1);
        Watcher? watcher = attach.Seed.Watcher;
        AttachKind kind = watcher is null ? AttachKind.Tty : AttachKind.Watch;
        _host.Metrics.Attached(Tenant, kind);
        Recording?.Mark(now, watcher is null ? $"terminal attached: {attach.Seed.From}" : $"watcher attached: {watcher.By}");
        _owner.OnAttached(this, attach.Seed.Client.ToString(), kind, watcher?.By);
        if (watcher is null) { OnNewState(now); }
    }

    /// <summary>Ends what others have of the session but for watching it: somebody takes it over.</summary>
    private void Take(MonoTime now, string why)
    {
        foreach (Channel channel in _channels.Where(channel => !channel.IsReadOnly)) { channel.StartShutdown(now); }
        foreach (TerminalChannel terminal in _terminals.Where(terminal => !terminal.IsReadOnly)) { terminal.End(0, why); }
        EndMirrors($"session {Facts.Id} was {why}");
    }

    private void Detach(MonoTime now, int id)
    {
        Array.Find(_channels, channel => channel.Id == id)?.StartShutdown(now);
        Array.Find(_terminals, terminal => terminal.Id == id)?.End(0, "detached by an operator");
        Array.Find(_mirrors, mirror => mirror.Id == id)?.End($"an operator has taken session {Facts.Id} from this client");
    }

    private MonoTime FlushTerminals(MonoTime now)
    {
        MonoTime next = MonoTime.Forever;
        foreach (TerminalChannel terminal in _terminals) { next = MonoTime.Min(next, terminal.Flush(now)); }
        if (Array.Exists(_terminals, terminal => terminal.IsGone))
        {
            TerminalChannel[] gone = Array.FindAll(_terminals, terminal => terminal.IsGone);
            Volatile.Write(ref _terminals, Array.FindAll(_terminals, terminal => !terminal.IsGone));
            foreach (TerminalChannel terminal in gone)
            {
                if (terminal.Watcher is { } watcher) { Recording?.Mark(now, $"watcher left: {watcher.By}"); }
                terminal.Dispose();
            }

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
            if (!(terminal.Watcher?.Networks ?? _terms.Networks).Contains(terminal.Client)) { terminal.End(1, "you may not connect from this network"); }
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

namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    /// <summary>
    /// How long a program may keep clients from seeing what it draws between CSI ? 2026 h and CSI ? 2026 l, in ms. Long enough for a redraw on a
    /// loaded machine, short enough that a program which died in between is not missed. Who owns the clock enforces it.
    /// </summary>
    public const int SynchronizedUpdateLimitMs = 150;

    private Framebuffer? _held;
    private ulong _addedWhenHeld;

    /// <summary>
    /// What clients may be shown: the screen, or, while a program has said that it is drawing (mode 2026), the screen as it was before it began. Valid
    /// until the next call that changes the emulator.
    /// </summary>
    public Framebuffer Shown => _held ?? Frame;

    /// <summary>Of all rows that ever went into the scrollback, how many are above <see cref="Shown"/>: the number of its first row.</summary>
    public ulong ShownFrom => _held is null ? Scrollback.Added : _addedWhenHeld;

    /// <summary>True between the begin and the end of a synchronized update.</summary>
    public bool IsUpdating => _held is not null;

    /// <summary>How many synchronized updates have begun; another number than before means that the limit is counted anew.</summary>
    public ulong SynchronizedUpdates { get; private set; }

    /// <summary>Shows the screen as it is. For the owner, when <see cref="SynchronizedUpdateLimitMs"/> is over or nothing more will come.</summary>
    public void EndSynchronizedUpdate()
    {
        _held?.Release();
        _held = null;
    }

    private void BeginSynchronizedUpdate()
    {
        if (_held is not null)
            return;
        SynchronizedUpdates++;
        _held = Frame.Snapshot();
        _addedWhenHeld = Scrollback.Added;

        // Both have the same version now, and what follows must differ from it.
        Frame.Touch();
    }
}

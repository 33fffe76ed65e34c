using System.Buffers;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.States;

/// <summary>One client's keyboard: some keys move its own view of the terminal, all others go to the program, in the form that it expects.</summary>
/// <remarks>
/// Page keys are taken only while there is something to page through and no program works with the whole screen (<see cref="Emulator.IsFullScreen"/>);
/// otherwise all bytes pass at once. Not thread-safe.
/// </remarks>
public sealed class ClientKeys
{
    /// <summary>How long a lone ESC is held, which may be a key of its own, in ms: as long as echo-acks wait for a program's answer.</summary>
    public const long EscapeHoldMs = 50;

    /// <summary>How long more than an ESC is held, which nobody types by hand, in ms: two frames of a client on a slow link.</summary>
    public const long SequenceHoldMs = 500;

    private readonly ScreenState _screen;
    private readonly Emulator _terminal;
    private readonly PageKeyReader _pages = new();
    private readonly KeyTranslator _translator = new();
    private MonoTime _heldSince;

    /// <summary>The keyboard of the client that is shown <paramref name="screen"/>, a live state of that terminal's.</summary>
    public ClientKeys(ScreenState screen, Emulator terminal)
    {
        _screen = screen;
        _terminal = terminal;
    }

    /// <summary>When <see cref="Release"/> is due; <see cref="MonoTime.Forever"/> while nothing is held.</summary>
    public MonoTime HeldUntil => _pages.Held.Length switch
    {
        0 => MonoTime.Forever,
        1 => _heldSince.Plus(EscapeHoldMs),
        _ => _heldSince.Plus(SequenceHoldMs),
    };

    /// <summary>Takes what was typed.</summary>
    /// <param name="now">The present.</param>
    /// <param name="keys">Bytes as typed.</param>
    /// <param name="mayPage">False for a client that must see the present and nothing else.</param>
    /// <param name="program">Gets what the program is to read, a few bytes more than <paramref name="keys"/> at most.</param>
    public void Take(MonoTime now, ReadOnlySpan<byte> keys, bool mayPage, IBufferWriter<byte> program)
    {
        if (!mayPage || _terminal.IsFullScreen || !_screen.CanScrollBack)
        {
            Release(program);
            Pass(keys, program);
            return;
        }

        while (!keys.IsEmpty)
        {
            PageKey key = _pages.Read(ref keys, _terminal.Frame.FocusEvents, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> passed);
            Pass(before, program);
            Pass(passed, program);
            switch (key)
            {
                case PageKey.Up:
                    _screen.PageUp();
                    break;
                case PageKey.Down:
                    _screen.PageDown();
                    break;
                case PageKey.FocusIn:
                    _translator.Translate("\e[I"u8, _terminal.ApplicationCursorKeys, program);
                    break;
                case PageKey.FocusOut:
                    _translator.Translate("\e[O"u8, _terminal.ApplicationCursorKeys, program);
                    break;
            }
        }

        _heldSince = now;
    }

    /// <summary>What was held is no page key, since nothing followed.</summary>
    public void Release(IBufferWriter<byte> program) => Pass(_pages.Release(), program);

    internal void WriteContent(ref SnapshotWriter to) => to.Byte((byte)(_translator.State | (_pages.State << 2)));

    internal void ReadContent(ref SnapshotReader from, MonoTime now)
    {
        // Two bits, then five; the upper ones are only set in the moment in which bytes are held.
        byte state = from.Byte();
        from.Require((state & 3) <= 2 && state < 128 && (state >> 2 & 7) <= PageKeyReader.MostHeld);
        if (from.IsBad)
            return;
        _translator.State = (byte)(state & 3);
        _pages.State = (byte)(state >> 2);
        _heldSince = now;
    }

    private void Pass(ReadOnlySpan<byte> keys, IBufferWriter<byte> program)
    {
        if (keys.IsEmpty)
            return;
        _screen.ShowPresent();
        _translator.Translate(keys, _terminal.ApplicationCursorKeys, program);
    }
}

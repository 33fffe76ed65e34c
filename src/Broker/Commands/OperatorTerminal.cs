using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using MoshBroker.Lobby;
using MoshBroker.Native;
using MoshBroker.Sessions;

namespace MoshBroker.Commands;

/// <summary>The terminal that this command was started at, while it shows a session: raw, and given back as it was, whatever ends the show.</summary>
internal sealed class OperatorTerminal : IDisposable
{
    private const int Input = 0;
    private const int Output = 1;

    private readonly byte[] _found;
    private readonly FileStream _screen = new(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _disposed;

    private OperatorTerminal(byte[] found)
    {
        _found = found;
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _leaving.Cancel();
            }));
        }

        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resized?.Invoke(this, EventArgs.Empty)));
        _screen.Write(TtyScreen.Enter);
        _ = Task.Factory.StartNew(ReadKeys, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The window has another size now.</summary>
    public event EventHandler? Resized;

    /// <summary>Cancelled by q, Esc, Ctrl-C, and by signals.</summary>
    public CancellationToken Leaving => _leaving.Token;

    public static (int Columns, int Rows) Size => TtyNative.SizeOf(Output);

    /// <summary>Null when input or output is no terminal.</summary>
    public static OperatorTerminal? TryTake() =>
        Size.Columns > 0 && TtyNative.TakeRaw(Input) is { } found ? new OperatorTerminal(found) : null;

    public void Show(ReadOnlySpan<byte> frame)
    {
        _screen.Write(frame);
        _screen.Write(TtyScreen.Deaf);
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        foreach (PosixSignalRegistration signal in _signals) { signal.Dispose(); }
        try
        {
            _screen.Write(TtyScreen.Leave);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }

        TtyNative.Restore(Input, _found);
        _screen.Dispose();
        _leaving.Dispose();
    }

    private void ReadKeys()
    {
        byte[] keys = new byte[256];
        MenuKeyReader reader = new();
        try
        {
            using FileStream input = new(new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            while (input.Read(keys) is > 0 and int count)
            {
                foreach (byte next in keys.AsSpan(0, count))
                {
                    if (reader.TryRead(next, out MenuKey key) && IsEnough(key)) { _leaving.Cancel(); }
                }

                if (reader.TryEnd(out MenuKey last) && IsEnough(last)) { _leaving.Cancel(); }
            }

            _leaving.Cancel();
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The terminal is gone, or given back.
        }
    }

    private static bool IsEnough(MenuKey key) => key.Kind is MenuKeyKind.Cancel or MenuKeyKind.Escape || (key.Kind == MenuKeyKind.Letter && key.Letter.Value is 'q' or 'Q');
}

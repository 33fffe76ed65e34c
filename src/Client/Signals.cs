using System.Runtime.InteropServices;
using MoshBroker.Client.Native;

namespace MoshBroker.Client;

/// <summary>Signals as flags that the loop takes when it wakes: nothing is done at the moment of a signal but waking it.</summary>
internal sealed class Signals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _resized;
    private int _ended;
    private int _suspended;
    private int _continued;

    public Signals()
    {
        WakeDescriptor = FileNative.CreateEvent(0, FileNative.CloseOnExec | FileNative.NonBlocking);
        Register(PosixSignal.SIGWINCH, () => _resized = 1);
        Register(PosixSignal.SIGHUP, () => _ended = 1);
        Register(PosixSignal.SIGTERM, () => _ended = 1);
        Register(PosixSignal.SIGINT, () => _ended = 1);
        Register(PosixSignal.SIGQUIT, () => _ended = 1);
        Register(PosixSignal.SIGTSTP, () => _suspended = 1);
        Register(PosixSignal.SIGCONT, () => _continued = 1);
    }

    /// <summary>Readable since a signal came.</summary>
    public int WakeDescriptor { get; }

    public bool TakeResized() => Interlocked.Exchange(ref _resized, 0) != 0;

    public bool TakeEnded() => Interlocked.Exchange(ref _ended, 0) != 0;

    public bool TakeSuspended() => Interlocked.Exchange(ref _suspended, 0) != 0;

    public bool TakeContinued() => Interlocked.Exchange(ref _continued, 0) != 0;

    /// <summary>The wake-up was seen.</summary>
    public void Clear()
    {
        Span<byte> count = stackalloc byte[8];
        _ = FileNative.TryRead(WakeDescriptor, count);
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) { registration.Dispose(); }
        _ = FileNative.Close(WakeDescriptor);
    }

    private void Register(PosixSignal signal, Action note) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        note();
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = FileNative.TryWriteAll(WakeDescriptor, one);
    }));
}

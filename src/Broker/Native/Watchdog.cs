namespace MoshBroker.Native;

/// <summary>A thread that interrupts guarded calls which block.</summary>
internal sealed class Watchdog : IDisposable
{
    // Everybody on the thread waits this long, once, for a hostile descriptor; then its session has ended.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    private readonly CallGuard[] _guards;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;

    public Watchdog(IEnumerable<CallGuard> guards)
    {
        _guards = [.. guards];
        SignalNative.Install();
        _thread = new Thread(Watch) { Name = "watchdog", IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        _stopping.Set();
        _thread.Join();
        _stopping.Dispose();
    }

    private void Watch()
    {
        while (!_stopping.Wait(Limit))
        {
            foreach (CallGuard guard in _guards) { guard.Check(Limit); }
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using MoshBroker.Backends;
using MoshBroker.Broker.Tests.Native;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Backends;

/// <summary>A real pseudo-terminal, with a program that behaves, one that reads nothing, and a user who changes its flags.</summary>
public sealed class PtyBackendTests : IDisposable
{
    private readonly LoopThread _thread = new();
    private readonly TestPty _pty = new();
    private readonly Told _told = new();
    private readonly PtyBackend _backend;

    public PtyBackendTests()
    {
        PtyBackend? made = null;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(65536, pinned: true);
        _thread.Run(_ => made = new PtyBackend(_pty.Master, _pty.Release, _thread.Loop, buffer, _told));
        _backend = made!;
    }

    public void Dispose()
    {
        _thread.Run(_ => _backend.Dispose());
        _thread.Dispose();
        _pty.Dispose();
        _told.Dispose();
    }

    [Fact]
    public void Release_writes_one_line_feed_into_the_pipe_and_closes_it()
    {
        _thread.Run(_backend.Release);
        Assert.Equal("\n"u8.ToArray(), TestPty.Read(_pty.WaitingEnd));
        Assert.Empty(TestPty.Read(_pty.WaitingEnd)); // The end of the file.
        Assert.True(_pty.Release.IsClosed);
    }

    [Fact]
    public void More_input_than_the_terminal_holds_waits_and_arrives_whole_and_in_order()
    {
        byte[] input = new byte[300_000];
        new Random(3).NextBytes(input);
        _thread.Run(now =>
        {
            foreach (byte[] part in input.Chunk(7_000)) { _backend.Send(now, part); }
            Assert.InRange(_backend.PendingInput, 200_000, input.Length);
            Assert.Equal(now, _backend.StalledSince);
        });
        List<byte> read = [];
        while (read.Count < input.Length) { read.AddRange(TestPty.Read(_pty.Slave)); }
        Assert.Equal(input, read);
        _thread.Run(_ => Assert.Equal((0, MonoTime.Forever), (_backend.PendingInput, _backend.StalledSince)));
    }

    [Fact]
    public void The_last_output_is_read_before_the_end_is_told()
    {
        byte[] last = Encoding.ASCII.GetBytes(new string('x', 3000) + "bye");
        _pty.Print(last);
        _pty.Slave.Dispose();
        Assert.Equal(BackendEnd.Exited, _told.End());
        Assert.Equal(last, _told.Output);
        _thread.Run(_ => Assert.True(_told.TurnEndedAfterEnd));
        Assert.True(_pty.Master.IsClosed);
    }

    [Fact]
    public void A_write_that_blocks_because_its_user_cleared_the_flag_is_interrupted_and_ends_this_backend()
    {
        byte[] much = new byte[200_000];
        _thread.Run(now =>
        {
            TestFlags.ClearNonBlocking(_pty.UsersCopy);
            _backend.Send(now, much);
        });
        Assert.Equal(BackendEnd.Stalled, _told.End());
        Assert.True(_pty.Master.IsClosed);
    }

    [Fact]
    public void A_failed_release_is_told_as_a_failure()
    {
        _pty.WaitingEnd.Dispose(); // Nobody waits: the program died.
        _thread.Run(_backend.Release);
        Assert.Equal(BackendEnd.Failed, _told.End());
    }

    [Fact]
    public void The_window_size_reaches_the_terminal()
    {
        _thread.Run(_ => _backend.Resize(133, 41));
        System.Diagnostics.ProcessStartInfo start = new("/bin/sh", ["-c", $"stty size < /proc/{Environment.ProcessId}/fd/{_pty.Slave.Number}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using System.Diagnostics.Process stty = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("41 133\n", stty.StandardOutput.ReadToEnd());
    }

    private sealed class Told : IBackendHandler, IDisposable
    {
        private readonly List<byte> _output = [];
        private readonly BlockingCollection<BackendEnd> _ends = [];
        private bool _hasEnded;

        public byte[] Output
        {
            get { lock (_output) { return [.. _output]; } }
        }

        public bool TurnEndedAfterEnd { get; private set; }

        public BackendEnd End() => _ends.TryTake(out BackendEnd end, LoopThread.Patience) ? end : throw new TimeoutException("no end was told");

        public void OnOutput(MonoTime now, ReadOnlySpan<byte> output)
        {
            lock (_output) { _output.AddRange(output); }
        }

        public void OnOutputEnd(MonoTime now) => TurnEndedAfterEnd |= _hasEnded;

        public void OnBackendEnded(BackendEnd end)
        {
            _hasEnded = true;
            _ends.Add(end);
        }

        public void OnFault(Exception failure)
        {
        }

        public void Dispose() => _ends.Dispose();
    }
}

using System.Text;
using MoshBroker.Client.Native;

namespace MoshBroker.Client.Bootstrap;

/// <summary>A child whose output and errors come by one pipe, line by line; its stdin is empty. It may ask the user on the terminal itself.</summary>
internal sealed class ChildOutput
{
    // A line that is longer is no message for a person; it is handed on in pieces.
    private const int MaxLineLength = 64 * 1024;

    private readonly int _pid;
    private byte[] _buffer = new byte[4096];
    private int _from;
    private int _to;
    private bool _isEnded;
    private int? _status;

    private ChildOutput(int pid, int descriptor)
    {
        _pid = pid;
        Descriptor = descriptor;
    }

    /// <summary>Readable when there is more; -1 once it has ended.</summary>
    public int Descriptor { get; private set; }

    /// <summary>Null with the system's words when the program can't be started.</summary>
    public static unsafe ChildOutput? TryStart(IReadOnlyList<string> words, IReadOnlyList<string> environment, out string error)
    {
        int* ends = stackalloc int[2];
        error = "no pipe is to be had";
        if (FileNative.Pipe(ends, FileNative.CloseOnExec) != 0) { return null; }
        int nothing = FileNative.Open("/dev/null", FileNative.CloseOnExec, 0);
        int result = ProcessNative.TrySpawn(words, environment, nothing, ends[1], ends[1], out int pid);
        _ = FileNative.Close(ends[1]);
        _ = FileNative.Close(nothing);
        error = result == 0 ? "" : FileNative.DescribeError(result);
        if (result == 0) { return new ChildOutput(pid, ends[0]); }
        _ = FileNative.Close(ends[0]);
        return null;
    }

    /// <summary>The next line without its end; null when there is none any more. <paramref name="hasEnd"/> is false for a last one that was cut short.</summary>
    public byte[]? ReadLine(out bool hasEnd)
    {
        while (true)
        {
            int end = _buffer.AsSpan(_from, _to - _from).IndexOf((byte)'\n');
            hasEnd = end >= 0;
            bool isCut = end < 0 && (_isEnded || _to - _from >= MaxLineLength);
            if (hasEnd || (isCut && _to > _from))
            {
                int length = hasEnd ? end : _to - _from;
                byte[] line = _buffer.AsSpan(_from, length).ToArray();
                _from += length + (hasEnd ? 1 : 0);
                return line;
            }

            if (_isEnded) { return null; }
            Fill();
        }
    }

    /// <summary>Throws away what has come; closes the pipe at its end.</summary>
    public void Drain()
    {
        if (_isEnded) { return; }
        _from = _to = 0;
        Fill();
    }

    /// <summary>Waits for the end of the child; its exit status, or 128 and the signal's number.</summary>
    public unsafe int WaitForExit()
    {
        if (_status is { } known) { return known; }
        int status = 0;
        while (ProcessNative.Wait(_pid, &status, 0) < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == FileNative.ErrorInterrupted)
        {
            // A signal of ours came; the child is still there.
        }

        _status = (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        return _status.Value;
    }

    /// <summary>Ends the child.</summary>
    public void Kill() => _ = ProcessNative.Kill(_pid, ProcessNative.SignalTerminate);

    private void Fill()
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            _to -= _from;
            _from = 0;
        }

        if (_to == _buffer.Length) { Array.Resize(ref _buffer, 2 * _buffer.Length); }
        int got = FileNative.TryRead(Descriptor, _buffer.AsSpan(_to));
        if (got > 0)
        {
            _to += got;
            return;
        }

        _isEnded = true;
        _ = FileNative.Close(Descriptor);
        Descriptor = -1;
    }
}

using System.Buffers;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Display;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Tenants;

namespace MoshBroker.Recording;

/// <summary>A session's recording, and what policy wants when it cannot be written. On the session's loop.</summary>
/// <param name="recorder">Where it goes.</param>
/// <param name="mode">Whether the session may go on without.</param>
/// <param name="onFailure">What happens to it when it may not.</param>
internal sealed class RecordingDuty(ISessionRecorder recorder, RecordingMode mode, RecordingFailure onFailure)
{
    private const long SilenceMs = 5_000;

    private MonoTime _heard = MonoTime.Never;

    /// <summary>No more is taken from the program until the recording keeps up.</summary>
    public bool HoldsBack => mode == RecordingMode.Required && !recorder.KeepsUp;

    /// <summary>The session must not go on: the disk refuses what policy demands.</summary>
    public bool EndsSession => IsRefused && onFailure == RecordingFailure.Refuse;

    /// <summary>Why the screen is locked meanwhile; null when it is not.</summary>
    public string? LockLine => IsRefused && onFailure == RecordingFailure.Pause ? "its recording cannot be written" : null;

    private bool IsRefused => mode == RecordingMode.Required && recorder.IsBroken;

    public void Output(MonoTime now, ReadOnlySpan<byte> bytes) => recorder.Output(now, bytes);

    public void Input(MonoTime now, ReadOnlySpan<byte> bytes) => recorder.Input(now, bytes);

    public void Resize(MonoTime now, int columns, int rows) => recorder.Resize(now, columns, rows);

    public void Mark(MonoTime now, string label) => recorder.Mark(now, label);

    /// <summary>A client was heard: after a silence, that is worth a marker.</summary>
    public void Heard(MonoTime now)
    {
        if (_heard != MonoTime.Never && now.Since(_heard) >= SilenceMs) { recorder.Mark(now, $"client was silent for {now.Since(_heard) / 1000} s"); }
        _heard = now;
    }

    /// <summary>A process before this one recorded the session up to its death: the screen as it is now, whatever of it was not written by then.</summary>
    public void GoOn(MonoTime now, Framebuffer screen)
    {
        recorder.Mark(now, "broker restarted");
        recorder.Resize(now, screen.Columns, screen.Rows);
        ArrayBufferWriter<byte> paint = new();
        FrameDiff.WriteUnknownBase(screen, paint);
        recorder.Output(now, paint.WrittenSpan);
    }

    public void End(MonoTime now) => recorder.End(now);
}

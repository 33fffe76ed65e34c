using System.Buffers;
using MoshBroker.Protocol;
using MoshBroker.Protocol.States;

namespace MoshBroker.Sessions;

/// <summary>What clients type: for the program, or to page through what went by.</summary>
internal sealed partial class SessionActor
{
    /// <summary>Keys as they came: those that page move the viewer's own view. False when none of them is the program's.</summary>
    public bool OnTyped(MonoTime now, IViewer viewer, ClientKeys keyboard, ReadOnlySpan<byte> keys)
    {
        ArrayBufferWriter<byte> program = _host.SendBuffer;
        program.ResetWrittenCount();
        // A watcher sees the present, to which his right began; and the menu's own past is nothing to look at.
        bool mayPage = !viewer.IsReadOnly && !_terms.IsLocked && !_isMenu && _backend is not null;
        keyboard.Take(now, keys, mayPage, program);
        return Hand(now, viewer, program);
    }

    /// <summary>What was held as the beginning of a page key is none.</summary>
    public void OnHeldKeys(MonoTime now, IViewer viewer, ClientKeys keyboard)
    {
        ArrayBufferWriter<byte> program = _host.SendBuffer;
        program.ResetWrittenCount();
        keyboard.Release(program);
        _ = Hand(now, viewer, program);
    }

    private void OnKeys(MonoTime now, IViewer viewer, ReadOnlySpan<byte> keys)
    {
        if (_backend is null || keys.IsEmpty || viewer.IsReadOnly || _terms.IsLocked) { return; }
        _terms.OnKeys(now);
        Fit(viewer);
        Stats.PtyBytesWritten += keys.Length;
        _host.Metrics.ToProgram(keys.Length);
        Recording?.Input(now, keys);
        Diagnosis.Program.OnInput(now, keys, _backend);
        _backend.Send(now, keys);
    }

    private bool Hand(MonoTime now, IViewer viewer, ArrayBufferWriter<byte> program)
    {
        bool isAny = program.WrittenCount > 0;
        if (isAny) { OnKeys(now, viewer, program.WrittenSpan); }
        else if (!viewer.IsReadOnly && !_terms.IsLocked) { _terms.OnKeys(now); } // Whoever reads what went by is no idler.
        program.ResetWrittenCount();
        return isAny;
    }
}

namespace MoshBroker.Protocol.Terminal;

internal sealed partial class VtParser
{
    // Code points from A0 on are classified like the letter A, so that 160 columns describe everything.
    private const int TableColumns = 0xa0;
    private const int ActionShift = 4;
    private const int StateMask = 15;

    // What a transition does; in the upper four bits of a table entry, the next state in the lower four.
    private const int NoStep = 0;
    private const int PrintStep = 1;
    private const int ExecuteStep = 2;
    private const int ClearStep = 3;
    private const int CollectStep = 4;
    private const int ParameterStep = 5;
    private const int DispatchEscapeStep = 6;
    private const int DispatchControlSequenceStep = 7;
    private const int PutOscStep = 8;
    private const int BeginOscStep = 9;

    private static readonly byte[] Table = BuildTable();

    private static byte[] BuildTable()
    {
        byte[] table = new byte[9 * TableColumns];
        for (VtState state = VtState.Ground; state <= VtState.IgnoredString; state++)
        {
            // Unless said otherwise below, nothing happens.
            Set(state, 0x00, 0x9f, NoStep, state);
        }

        Set(VtState.Ground, 0x00, 0x1f, ExecuteStep, VtState.Ground);
        Set(VtState.Ground, 0x20, 0x7f, PrintStep, VtState.Ground);

        Set(VtState.Escape, 0x00, 0x1f, ExecuteStep, VtState.Escape);
        Set(VtState.Escape, 0x20, 0x2f, CollectStep, VtState.EscapeIntermediate);
        Set(VtState.Escape, 0x30, 0x7e, DispatchEscapeStep, VtState.Ground);
        Set(VtState.Escape, 'P', 'P', NoStep, VtState.IgnoredString);
        Set(VtState.Escape, 'X', 'X', NoStep, VtState.IgnoredString);
        Set(VtState.Escape, '^', '_', NoStep, VtState.IgnoredString);
        Set(VtState.Escape, '[', '[', ClearStep, VtState.ControlSequenceEntry);
        Set(VtState.Escape, ']', ']', BeginOscStep, VtState.OscString);

        Set(VtState.EscapeIntermediate, 0x00, 0x1f, ExecuteStep, VtState.EscapeIntermediate);
        Set(VtState.EscapeIntermediate, 0x20, 0x2f, CollectStep, VtState.EscapeIntermediate);
        Set(VtState.EscapeIntermediate, 0x30, 0x7e, DispatchEscapeStep, VtState.Ground);

        Set(VtState.ControlSequenceEntry, 0x00, 0x1f, ExecuteStep, VtState.ControlSequenceEntry);
        Set(VtState.ControlSequenceEntry, 0x20, 0x2f, CollectStep, VtState.ControlSequenceIntermediate);
        Set(VtState.ControlSequenceEntry, '0', '9', ParameterStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceEntry, ':', ';', ParameterStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceEntry, '<', '?', CollectStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceEntry, 0x40, 0x7e, DispatchControlSequenceStep, VtState.Ground);

        Set(VtState.ControlSequenceParameter, 0x00, 0x1f, ExecuteStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceParameter, 0x20, 0x2f, CollectStep, VtState.ControlSequenceIntermediate);
        Set(VtState.ControlSequenceParameter, '0', '9', ParameterStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceParameter, ':', ';', ParameterStep, VtState.ControlSequenceParameter);
        Set(VtState.ControlSequenceParameter, '<', '?', NoStep, VtState.ControlSequenceIgnore);
        Set(VtState.ControlSequenceParameter, 0x40, 0x7e, DispatchControlSequenceStep, VtState.Ground);

        Set(VtState.ControlSequenceIntermediate, 0x00, 0x1f, ExecuteStep, VtState.ControlSequenceIntermediate);
        Set(VtState.ControlSequenceIntermediate, 0x20, 0x2f, CollectStep, VtState.ControlSequenceIntermediate);
        Set(VtState.ControlSequenceIntermediate, 0x30, 0x3f, NoStep, VtState.ControlSequenceIgnore);
        Set(VtState.ControlSequenceIntermediate, 0x40, 0x7e, DispatchControlSequenceStep, VtState.Ground);

        Set(VtState.ControlSequenceIgnore, 0x00, 0x1f, ExecuteStep, VtState.ControlSequenceIgnore);
        Set(VtState.ControlSequenceIgnore, 0x40, 0x7e, NoStep, VtState.Ground);

        Set(VtState.OscString, 0x20, 0x7f, PutOscStep, VtState.OscString);
        Set(VtState.OscString, 0x07, 0x07, NoStep, VtState.Ground);

        // Valid in every state.
        for (VtState state = VtState.Ground; state <= VtState.IgnoredString; state++)
        {
            Set(state, 0x18, 0x18, ExecuteStep, VtState.Ground);
            Set(state, 0x1a, 0x1a, ExecuteStep, VtState.Ground);
            Set(state, 0x1b, 0x1b, ClearStep, VtState.Escape);
            Set(state, 0x80, 0x9f, ExecuteStep, VtState.Ground);
            Set(state, 0x90, 0x90, NoStep, VtState.IgnoredString);
            Set(state, 0x98, 0x98, NoStep, VtState.IgnoredString);
            Set(state, 0x9b, 0x9b, ClearStep, VtState.ControlSequenceEntry);
            Set(state, 0x9c, 0x9c, NoStep, VtState.Ground);
            Set(state, 0x9d, 0x9d, BeginOscStep, VtState.OscString);
            Set(state, 0x9e, 0x9f, NoStep, VtState.IgnoredString);
        }

        return table;

        void Set(VtState state, int first, int last, int step, VtState next) =>
            table.AsSpan(((int)state * TableColumns) + first, last - first + 1).Fill((byte)((step << ActionShift) | (int)next));
    }
}

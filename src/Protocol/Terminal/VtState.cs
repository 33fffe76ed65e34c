namespace MoshBroker.Protocol.Terminal;

/// <summary>States of Paul Williams' parser. The DCS states and SOS/PM/APC are one: nothing in them has a function, and all end alike.</summary>
internal enum VtState : byte
{
    Ground,
    Escape,
    EscapeIntermediate,
    ControlSequenceEntry,
    ControlSequenceParameter,
    ControlSequenceIntermediate,
    ControlSequenceIgnore,
    OscString,
    IgnoredString,
}

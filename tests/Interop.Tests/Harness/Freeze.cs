namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Something that makes a session feel frozen, or nothing.</summary>
internal enum Freeze
{
    Nothing,
    ClientAsleep,
    UplinkCut,
    BothCut,
    DownlinkCut,
    Loss,
    NatRebound,
    ShareUsedUp,
    TargetStalled,
    CtrlS,
}

using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>One thing that happened; the numbers' meaning is the kind's.</summary>
internal readonly record struct TimelineEntry(MonoTime At, TimelineKind Kind, int First, int Second);

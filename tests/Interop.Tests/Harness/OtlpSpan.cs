namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A span as it was exported; times in ns since 1970.</summary>
internal sealed record OtlpSpan(
    string Trace, string Id, string Parent, string Name, ulong Began, ulong Ended, IReadOnlyDictionary<string, string> Attributes, bool IsError);

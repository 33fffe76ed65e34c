namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A log record as it was exported.</summary>
internal sealed record OtlpLogRecord(string Severity, string Body, IReadOnlyDictionary<string, string> Attributes);

namespace MoshBroker.Diagnosis;

/// <summary>What was looked at and found.</summary>
/// <param name="Check">What was looked at, in a few words.</param>
/// <param name="Found">How it is.</param>
/// <param name="Why">What it means; empty when all is well.</param>
/// <param name="Fix">The line to write or the command to run; empty when all is well.</param>
internal sealed record Finding(string Check, Severity Severity, string Found, string Why = "", string Fix = "");

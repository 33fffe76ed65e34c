namespace MoshBroker.Telemetry;

/// <summary>Whether anything is measured: always, but where <c>bench/measures</c> asks what that costs.</summary>
internal static class Measures
{
    /// <summary>Read once, so that compiled code has no branch for it.</summary>
    public static readonly bool AreOn = Environment.GetEnvironmentVariable("MOSHBROKER_MEASURES") != "off";
}

using System.Text.Json;

namespace MoshBroker.Detection;

/// <summary>The rules, as words.</summary>
internal static class DetectionRules
{
    private static readonly string[] Names = [.. Enum.GetNames<DetectionRule>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static readonly int Count = Names.Length;

    public static string ToName(this DetectionRule rule) => Names[(int)rule];

    /// <summary>True when its evidence names the sessions that it is about.</summary>
    public static bool TouchesSessions(this DetectionRule rule) =>
        rule is DetectionRule.KnownPeerAuthFailures or DetectionRule.OldReplays or DetectionRule.RoamFlapping;

    /// <summary>True when its evidence names networks that something can be done about. Those of a churn are invented.</summary>
    public static bool NamesCulprits(this DetectionRule rule) => rule is DetectionRule.AuthFailureBurst or DetectionRule.TripwireTouched
        or DetectionRule.TrialDecryptBudgetExhausted or DetectionRule.SshAuthFailureBurst;
}

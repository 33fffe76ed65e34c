using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>OpenSSH's last words as one plain line for the user: what is wrong with his target, and nothing of the broker's insides.</summary>
internal static class SshFailure
{
    /// <summary>In this order; the first piece of text that is there decides.</summary>
    private static readonly (string Text, string Line, TargetFailure Reason)[] Known =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", "its host key has changed; your administrator must look at this", TargetFailure.Hostkey),
        ("Host key verification failed", "its host key is not the one that is on file; your administrator must look at this", TargetFailure.Hostkey),
        ("host key is known for", "its host key is not the one that is on file; your administrator must look at this", TargetFailure.Hostkey),
        ("Could not resolve hostname", "its name is not known", TargetFailure.Dns),
        ("Connection refused", "it refuses the connection", TargetFailure.Refused),
        ("No route to host", "there is no way to it", TargetFailure.Timeout),
        ("Network is unreachable", "there is no way to it", TargetFailure.Timeout),
        ("timed out", "it does not answer", TargetFailure.Timeout),
        ("Permission denied", "it does not let the broker in; your administrator must look at this", TargetFailure.Auth),
        ("Too many authentication failures", "it does not let the broker in; your administrator must look at this", TargetFailure.Auth),
        // What a ProxyJump says of itself goes nowhere, and its end of the pipe has no address.
        ("UNKNOWN port 65535", "the machine on the way to it cannot be reached, or does not let it through", TargetFailure.Refused),
        ("Connection reset", "it broke the connection off", TargetFailure.Reset),
        ("Connection closed", "it broke the connection off", TargetFailure.Reset),
        ("Unable to negotiate", "it has no algorithm in common with the broker; your administrator must look at this", TargetFailure.Auth),
    ];

    public static (string Line, TargetFailure Reason) Read(string target, string errors)
    {
        foreach ((string text, string line, TargetFailure reason) in Known)
        {
            if (errors.Contains(text, StringComparison.OrdinalIgnoreCase)) { return ($"{target}: {line}", reason); }
        }

        return ($"{target}: the connection failed", TargetFailure.Reset);
    }
}

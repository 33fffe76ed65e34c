using MoshBroker.Telemetry;

namespace MoshBroker.FrontDoor;

/// <summary>The answer to an <see cref="OpenRequest"/>: a port and a key, or a refusal in words for the user.</summary>
internal abstract record OpenAnswer
{
    /// <summary>The session waits for its client on that port.</summary>
    /// <param name="Port">UDP port; 0 for a session without a channel.</param>
    /// <param name="PrintedKey">The key as the connect line prints it. It goes to the user who asked, and nowhere else.</param>
    /// <param name="Session">The session's id.</param>
    /// <param name="Warnings">Lines for the user's stderr.</param>
    public sealed record Accepted(int Port, byte[] PrintedKey, string Session, IReadOnlyList<string> Warnings) : OpenAnswer;

    /// <summary>No session, and why, in one line that names the cure.</summary>
    /// <param name="Result">As metrics count it.</param>
    public sealed record Refused(string Message, BootstrapResult Result = BootstrapResult.Error) : OpenAnswer;
}

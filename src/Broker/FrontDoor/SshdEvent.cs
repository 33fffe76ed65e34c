namespace MoshBroker.FrontDoor;

/// <summary>What a line of sshd's log tells.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Method">How the user tried to prove himself; empty when it did not come to that.</param>
/// <param name="Reason">Why it failed: one of a small, fixed set of words, fit to be a label. Of a handshake, the key exchange.</param>
internal readonly record struct SshdEvent(SshdEventKind Kind, string Method, string Reason);

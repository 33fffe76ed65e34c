using MoshBroker.Protocol;

namespace MoshBroker.Client.Prediction;

/// <summary>A key whose effects the server's screen may not show yet.</summary>
/// <param name="What">What it does.</param>
/// <param name="CodePoint">Of a character.</param>
/// <param name="Due">The state that it travels in.</param>
/// <param name="TypedAt">When it was typed.</param>
internal readonly record struct KeyInFlight(TypedKey What, int CodePoint, ulong Due, MonoTime TypedAt);

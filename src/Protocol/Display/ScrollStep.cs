using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>A region whose rows move before anything is painted.</summary>
/// <param name="Top">First row of the region.</param>
/// <param name="Bottom">Last row of the region.</param>
/// <param name="Count">How many rows up; negative: down.</param>
/// <param name="Filling">Background of the rows that come in.</param>
internal readonly record struct ScrollStep(int Top, int Bottom, int Count, Color Filling);

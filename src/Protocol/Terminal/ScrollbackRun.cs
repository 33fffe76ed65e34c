namespace MoshBroker.Protocol.Terminal;

/// <summary>A part of a kept row that looks alike.</summary>
/// <param name="Length">How many bytes of the row's text.</param>
/// <param name="Rendition">What they look like, with the attributes that the stock client does not know.</param>
public readonly record struct ScrollbackRun(int Length, Rendition Rendition);

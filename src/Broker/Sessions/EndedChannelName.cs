namespace MoshBroker.Sessions;

/// <summary>Which channel of which session it was.</summary>
internal readonly record struct EndedChannelName(string Session, int Channel);

namespace MoshBroker.Detection;

/// <summary>Tells somebody outside.</summary>
internal interface INotifier
{
    /// <summary>Without waiting.</summary>
    void Tell(IReadOnlyList<string> command, Alarm alarm);
}

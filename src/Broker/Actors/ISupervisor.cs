namespace MoshBroker.Actors;

/// <summary>Told when an actor's turn failed. The actor has stopped by then, and no other was touched.</summary>
internal interface ISupervisor
{
    void OnFailure(object actor, Exception failure);
}

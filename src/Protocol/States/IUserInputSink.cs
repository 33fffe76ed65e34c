namespace MoshBroker.Protocol.States;

/// <summary>Where a user's input goes, in order, each event once.</summary>
public interface IUserInputSink
{
    /// <summary>The user typed these bytes; borrowed for the time of the call.</summary>
    void OnKeys(ReadOnlySpan<byte> keys);

    /// <summary>The user's window became this large; both 1 to 65,535. Of several in a row only the last is told.</summary>
    void OnResize(int columns, int rows);

    /// <summary>The client asks something; who answers nothing need not know.</summary>
    void OnQuestion(int number)
    {
    }
}

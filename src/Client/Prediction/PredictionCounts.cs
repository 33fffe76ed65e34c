namespace MoshBroker.Client.Prediction;

/// <summary>What became of the predictions since the start.</summary>
internal struct PredictionCounts
{
    /// <summary>Bytes typed that were given to the engine.</summary>
    public long Keys;

    /// <summary>Characters and deletions that were predicted and shown at once.</summary>
    public long Shown;

    /// <summary>Characters that the server confirmed.</summary>
    public long Right;

    /// <summary>Shown predictions that the server refuted.</summary>
    public long WrongShown;

    /// <summary>Hidden ones that it refuted: nobody saw them.</summary>
    public long WrongHidden;
}

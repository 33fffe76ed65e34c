namespace MoshBroker.Client.Prediction;

/// <summary>When predictions are shown.</summary>
internal enum PredictionMode
{
    /// <summary>On links where the server's echo would be felt.</summary>
    Adaptive,

    /// <summary>Always, once one of an epoch was confirmed.</summary>
    Always,

    /// <summary>Nothing is predicted.</summary>
    Never,

    /// <summary>At once, without a confirmation.</summary>
    Experimental,
}

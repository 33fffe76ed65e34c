namespace MoshBroker.Client.Prediction;

/// <summary>Where the cursor will be once the server has seen the keys up to <see cref="Due"/>.</summary>
internal record struct CursorPrediction(int Row, int Column, ulong Due, ulong Epoch);

using MoshBroker.Broker.Tests.Cluster;
using MoshBroker.Broker.Tests.Telemetry;

// The test runner loads this assembly and never comes here; crash tests start it as a process of its own.
return args switch
{
    ["store-writer", string file] => await StoreWriterProcess.RunAsync(file),
    ["keystrokes", string count] => KeystrokeCost.Run(int.Parse(count), survives: false), // For bench/measures.
    ["surviving-keystrokes", string count] => KeystrokeCost.Run(int.Parse(count), survives: true), // For bench/survival.
    _ => 2,
};

using MoshBroker.Broker.Tests.Cluster;

// The test runner loads this assembly and never comes here; crash tests start it as a process of its own.
return args is ["store-writer", string file] ? await StoreWriterProcess.RunAsync(file) : 2;

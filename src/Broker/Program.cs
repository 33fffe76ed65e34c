using MoshBroker;
using MoshBroker.Commands;
using MoshBroker.Configuration;

return await CommandLine.RunAsync(args, BrokerService.ServeAsync, HostEnvironment.Real, Console.Out, Console.Error);

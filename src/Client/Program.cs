using MoshBroker.Client;
using MoshBroker.Client.Bootstrap;

// ssh runs this program too, while the user waits: nothing else is started for it.
if (args.Length > 0 && args[0] == "--proxy-helper") { return ProxyHelper.Run(args.AsSpan(1)); }
return ConnectCommand.Run(args);

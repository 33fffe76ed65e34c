using System.Text;
using MoshBroker.FdStore;

// Started by the broker alone: descriptor 0 is the socket to listen on, the one argument is where it is bound.
if (args.Length != 1) { return 2; }
StoreNative.HideFromPeers();
HeldDescriptors held = new();
return new StoreLoop(0, Encoding.UTF8.GetBytes(args[0] + '\0'), held).Run();

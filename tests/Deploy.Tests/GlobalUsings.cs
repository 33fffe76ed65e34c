global using MoshBroker.Interop.Tests.Harness;
global using Xunit;

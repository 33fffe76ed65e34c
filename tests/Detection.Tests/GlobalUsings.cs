global using Xunit;
global using MoshBroker.Interop.Tests.Harness;

using System.Buffers.Binary;
using System.Text;

namespace MoshBroker.Broker.Tests.Tenants;

/// <summary>Ten tenants with many users and targets, each user with a key of his own.</summary>
internal static class LargePolicy
{
    private const int Tenants = 10;

    public static string Text(int users, int targets)
    {
        StringBuilder text = new("version: 1\ntenants:\n");
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            text.Append($"  t{tenant}:\n    networks: [10.0.0.0/8, 172.{16 + tenant}.0.0/16]\n    groups: {{ ops: {{}}, all: {{}} }}\n    users:\n");
            for (int user = tenant; user < users; user += Tenants)
            {
                text.Append($"      u{user}:\n        keys: [{Key(user)} user {user}]\n        groups: [all, ops]\n");
            }

            text.Append("    targets:\n");
            for (int target = tenant * targets / Tenants; target < (tenant + 1) * targets / Tenants; target++)
            {
                int number = target % (targets / Tenants);
                text.Append($"      web-{number}:\n        ssh: {{ host: web-{target}.internal, user: deploy, host_keys: [{Policies.HostKey}], identity_file: /etc/id }}\n");
            }

            text.Append("    access:\n      - groups: [ops]\n        targets: [web-1*]\n      - groups: [all]\n        targets: [web-*]\n        when: [{ days: [mon-fri] }, { days: [sat-sun] }]\n");
        }

        return text.ToString();
    }

    private static string Key(int user)
    {
        byte[] blob = [0, 0, 0, 11, .. "ssh-ed25519"u8, 0, 0, 0, 32, .. new byte[32]];
        BinaryPrimitives.WriteInt32BigEndian(blob.AsSpan(blob.Length - 4), user + 1);
        return $"ssh-ed25519 {Convert.ToBase64String(blob)}";
    }
}

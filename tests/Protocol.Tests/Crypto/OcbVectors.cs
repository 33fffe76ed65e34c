using System.Text.Json;

namespace MoshBroker.Protocol.Tests.Crypto;

/// <summary>The known answers of <c>vectors/ocb.json</c>.</summary>
public static class OcbVectors
{
    public static IEnumerable<OcbVector> Read(string list)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "ocb.json")));
        foreach (JsonElement vector in document.RootElement.GetProperty(list).EnumerateArray())
        {
            yield return new OcbVector(
                vector.GetProperty("name").GetString()!,
                Hex(vector, "key"),
                Hex(vector, "nonce"),
                Hex(vector, "ad"),
                vector.TryGetProperty("plaintext", out _) ? Hex(vector, "plaintext") : [],
                Hex(vector, "ciphertext"));
        }
    }

    private static byte[] Hex(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);

    public sealed record OcbVector(string Name, byte[] Key, byte[] Nonce, byte[] Associated, byte[] Plaintext, byte[] Ciphertext);
}

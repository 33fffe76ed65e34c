using MoshBroker.Protocol.Crypto;
using MoshBroker.Testing;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Xunit;

namespace MoshBroker.Protocol.Tests.Crypto;

public sealed class AesOcbTests
{
    public static TheoryData<string> Answers => [.. OcbVectors.Read("vectors").Select(v => v.Name)];

    public static TheoryData<string> Rejects => [.. OcbVectors.Read("reject").Select(v => v.Name)];

    [Theory]
    [MemberData(nameof(Answers))]
    public void A_known_answer_is_sealed_and_opened(string name)
    {
        OcbVectors.OcbVector vector = OcbVectors.Read("vectors").Single(v => v.Name == name);
        using SessionKey key = new(vector.Key);
        using AesOcb cipher = new(key);

        byte[] ciphertext = new byte[vector.Ciphertext.Length];
        cipher.Seal(vector.Nonce, vector.Associated, vector.Plaintext, ciphertext);
        Assert.Equal(vector.Ciphertext, ciphertext);

        byte[] plaintext = new byte[vector.Plaintext.Length];
        Assert.True(cipher.TryOpen(vector.Nonce, vector.Associated, vector.Ciphertext, plaintext));
        Assert.Equal(vector.Plaintext, plaintext);
    }

    [Theory]
    [MemberData(nameof(Rejects))]
    public void What_must_be_rejected_is_not_opened_and_leaves_zeros(string name)
    {
        OcbVectors.OcbVector vector = OcbVectors.Read("reject").Single(v => v.Name == name);
        using SessionKey key = new(vector.Key);
        using AesOcb cipher = new(key);

        byte[] plaintext = new byte[Math.Max(0, vector.Ciphertext.Length - AesOcb.TagLength)];
        plaintext.AsSpan().Fill(0xee);
        Assert.False(cipher.TryOpen(vector.Nonce, vector.Associated, vector.Ciphertext, plaintext));
        if (vector.Ciphertext.Length >= AesOcb.TagLength)
            Assert.All(plaintext, b => Assert.Equal(0, b));
    }

    [Fact]
    public void Random_input_is_sealed_as_BouncyCastle_seals_it_and_opened_again_in_any_order()
    {
        SeededRandom random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] keyBytes = random.Bytes(16);
            using SessionKey key = new(keyBytes);
            using AesOcb cipher = new(key);
            for (int j = 0; j < 3; j++)
            {
                Nonce nonce = new((Direction)random.Next(2), BitConverter.ToUInt64(random.Bytes(8)) & Nonce.MaxSequence);
                byte[] plaintext = random.Bytes(random.Next(100) == 0 ? random.Next(2000) : random.Next(70));
                byte[] ours = new byte[plaintext.Length + AesOcb.TagLength];
                cipher.Seal(nonce, plaintext, ours);
                Assert.Equal(SealByBouncyCastle(keyBytes, nonce, plaintext), ours);

                byte[] opened = new byte[plaintext.Length];
                byte[] forged = [.. ours];
                forged[random.Next(forged.Length)] ^= (byte)(1 << random.Next(8));
                Assert.False(cipher.TryOpen(nonce, forged, opened));
                Assert.True(cipher.TryOpen(nonce, ours, opened));
                Assert.Equal(plaintext, opened);
            }
        }
    }

    [Fact]
    public void Nothing_works_after_the_key_was_wiped()
    {
        using SessionKey key = new(new byte[16]);
        AesOcb cipher = new(key);
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Seal(default, new byte[3], new byte[19]));
        Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen(default, new byte[19], new byte[3]));
    }

    private static byte[] SealByBouncyCastle(byte[] key, Nonce nonce, byte[] plaintext)
    {
        byte[] nonceBytes = new byte[Nonce.CipherLength];
        nonce.WriteCipherForm(nonceBytes);
        OcbBlockCipher cipher = new(new AesEngine(), new AesEngine());
        cipher.Init(true, new AeadParameters(new KeyParameter(key), 128, nonceBytes));
        byte[] output = new byte[cipher.GetOutputSize(plaintext.Length)];
        int length = cipher.ProcessBytes(plaintext, 0, plaintext.Length, output, 0);
        cipher.DoFinal(output, length);
        return output;
    }
}

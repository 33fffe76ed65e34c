using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Prediction;

/// <summary>Text before the cursor that asks for a secret. The rules of epochs hide passwords by themselves; this holds in every mode.</summary>
internal static class PasswordPrompt
{
    private const int LongestPrompt = 100;

    private static readonly string[] Secrets =
        ["password", "passphrase", "passcode", "passwort", "kennwort", "contraseña", "mot de passe", "senha", "пароль", "密码", "パスワード", "암호", "pin", "otp", "verification code", "secret"];

    /// <summary>True when the row says, right before a column, something like "Password: ".</summary>
    public static bool IsBefore(Framebuffer frame, int row, int column)
    {
        ReadOnlySpan<Cell> cells = frame.Row(row);
        int end = column;
        while (end > 0 && cells[end - 1].IsBlankLike)
            end--;
        if (end == 0 || !IsColon(cells[end - 1]))
            return false;

        int start = Math.Max(0, end - LongestPrompt);
        Span<byte> utf8 = stackalloc byte[64];
        System.Text.StringBuilder text = new(end - start);
        for (int at = start; at < end; at++)
        {
            if (cells[at].IsBlankLike)
                text.Append(' ');
            else
                text.Append(System.Text.Encoding.UTF8.GetString(utf8[..frame.CopyText(cells[at], utf8)]).ToLowerInvariant());
            if (cells[at].IsWide)
                at++;
        }

        string prompt = text.ToString();
        foreach (string secret in Secrets)
        {
            int at = prompt.IndexOf(secret, StringComparison.Ordinal);
            if (at >= 0 && (secret.Length > 3 || IsWord(prompt, at, secret.Length)))
                return true;
        }

        return false;
    }

    private static bool IsColon(Cell cell) => cell.HasSameText(Cell.Of(':', default)) || cell.HasSameText(Cell.Of('：', default));

    private static bool IsWord(string text, int at, int length) =>
        (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + length == text.Length || !char.IsLetterOrDigit(text[at + length]));
}

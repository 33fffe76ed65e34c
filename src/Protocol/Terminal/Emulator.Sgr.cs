namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    private void SelectGraphicRendition()
    {
        ref Rendition rendition = ref Frame.State.Rendition;
        Color foreground = rendition.Foreground;
        Color background = rendition.Background;
        Color underlineColor = default; // Read, so that it is not taken for attributes; not kept.
        CellFlags attributes = rendition.Attributes;
        int count = _parser.ParameterCount;
        for (int i = 0; i < count; i++)
        {
            int code = _parser.Parameter(i);
            int following = _parser.SubparameterCount(i);
            if (following > 0)
            {
                switch (code)
                {
                    case 4:
                        Underline(_parser.Parameter(i + 1));
                        break;
                    case 38:
                        SubparameterColor(i + 1, following, ref foreground);
                        break;
                    case 48:
                        SubparameterColor(i + 1, following, ref background);
                        break;
                }

                i += following;
                continue;
            }

            switch (code)
            {
                case 0:
                    foreground = background = default;
                    attributes = CellFlags.None;
                    break;
                case 1:
                    attributes |= CellFlags.Bold;
                    break;
                case 2:
                    attributes |= CellFlags.Faint;
                    break;
                case 22:
                    attributes &= ~(CellFlags.Bold | CellFlags.Faint);
                    break;
                case 3 or 23:
                    Switch(CellFlags.Italic, code);
                    break;
                case 4:
                    Underline(1);
                    break;
                case 21:
                    Underline(2);
                    break;
                case 24:
                    Underline(0);
                    break;
                case 5 or 25:
                    Switch(CellFlags.Blink, code);
                    break;
                case 7 or 27:
                    Switch(CellFlags.Inverse, code);
                    break;
                case 8 or 28:
                    Switch(CellFlags.Invisible, code);
                    break;
                case 9 or 29:
                    Switch(CellFlags.Strikethrough, code);
                    break;
                case >= 30 and <= 37:
                    foreground = Color.Palette(code - 30);
                    break;
                case 38:
                    i += ExtendedColor(i, ref foreground);
                    break;
                case 39:
                    foreground = default;
                    break;
                case >= 40 and <= 47:
                    background = Color.Palette(code - 40);
                    break;
                case 48:
                    i += ExtendedColor(i, ref background);
                    break;
                case 49:
                    background = default;
                    break;
                case 53:
                    attributes |= CellFlags.Overline;
                    break;
                case 55:
                    attributes &= ~CellFlags.Overline;
                    break;
                case 58:
                    i += ExtendedColor(i, ref underlineColor);
                    break;
                case >= 90 and <= 97:
                    foreground = Color.Palette(code - 90 + 8);
                    break;
                case >= 100 and <= 107:
                    background = Color.Palette(code - 100 + 8);
                    break;
            }
        }

        rendition = new Rendition(foreground, background, attributes);

        void Switch(CellFlags flag, int code)
        {
            if (code < 20)
                attributes |= flag;
            else
                attributes &= ~flag;
        }

        // To the stock client, all kinds of line are one.
        void Underline(int kind)
        {
            if (kind > 5)
                return;
            attributes &= ~(CellFlags.Underline | CellFlags.UnderlineKinds);
            attributes |= kind switch
            {
                0 => CellFlags.None,
                2 => CellFlags.Underline | CellFlags.DoubleUnderline,
                3 => CellFlags.Underline | CellFlags.CurlyUnderline,
                4 => CellFlags.Underline | CellFlags.DottedUnderline,
                5 => CellFlags.Underline | CellFlags.DashedUnderline,
                _ => CellFlags.Underline,
            };
        }
    }

    /// <summary>The colour after a 38, 48 or 58, whose further parameters are returned as used up; 0 when it is incomplete or of an unknown kind.</summary>
    private int ExtendedColor(int index, ref Color color)
    {
        // A parameter that has subparameters is not part of it.
        int following = 0;
        while (following < 4 && index + following + 1 < _parser.ParameterCount && _parser.SubparameterCount(index + following + 1) == 0)
            following++;
        int kind = _parser.Parameter(index + 1);
        if (kind == 5 && following >= 2)
        {
            int number = _parser.Parameter(index + 2);
            if (number <= 255)
                color = Color.Palette(number);
            return 2;
        }

        if (kind == 2 && following >= 4)
        {
            // Components above 255 spill into their neighbours, as they do at the other end.
            color = Color.Rgb((_parser.Parameter(index + 2) << 16) | (_parser.Parameter(index + 3) << 8) | _parser.Parameter(index + 4));
            return 4;
        }

        return 0;
    }

    /// <summary>The colour after 38: or 48:, as ISO 8613-6 has it (with a colour space) or as many programs write it (without); nothing else changes it.</summary>
    private void SubparameterColor(int kindIndex, int count, ref Color color)
    {
        int kind = _parser.Parameter(kindIndex);
        if (kind == 5 && count >= 2)
        {
            int number = _parser.Parameter(kindIndex + 1);
            if (number <= 255)
                color = Color.Palette(number);
        }
        else if (kind == 2 && count >= 4)
        {
            int first = kindIndex + (count >= 5 ? 2 : 1);
            int red = _parser.Parameter(first);
            int green = _parser.Parameter(first + 1);
            int blue = _parser.Parameter(first + 2);
            if (red <= 255 && green <= 255 && blue <= 255)
                color = Color.Rgb((red << 16) | (green << 8) | blue);
        }
    }
}

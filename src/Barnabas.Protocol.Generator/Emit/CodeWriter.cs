using System.Text;

namespace Barnabas.Protocol.Generator;

/// <summary>Text with braces and indentation.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    /// <summary>Opens a block; without a heading it only bounds the life of locals.</summary>
    public void Open(string heading = "")
    {
        if (heading.Length > 0)
        {
            Line(heading);
        }

        Line("{");
        _depth++;
    }

    public void Close(string end = "}")
    {
        _depth--;
        Line(end);
    }

    public void Summary(string text, string remarks = "")
    {
        Line("/// <summary>" + Escape(text).Replace("\n", " ") + "</summary>");
        if (remarks.Length > 0)
        {
            Line("/// <remarks>");
            foreach (string line in remarks.Split('\n'))
            {
                Line("/// " + Escape(line));
            }

            Line("/// </remarks>");
        }
    }

    public override string ToString() => _text.ToString();

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}

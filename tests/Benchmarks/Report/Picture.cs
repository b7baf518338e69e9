using System.Globalization;
using System.Security;
using System.Text;

namespace ToolboxAI.Tests.Benchmarks.Report;

/// <summary>Draws costs at growing amounts as an SVG: a panel for each area, a line for each cost, relative to its first point. Flat is good.</summary>
public static class Picture
{
    private const int Width = 720;
    private const int Left = 60;
    private const int Top = 30;
    private const int Height = 150;
    private const int Line = 18;
    private const double Highest = 3;
    private static readonly string[] Colours = ["#1f6feb", "#bf3989", "#1a7f37", "#9a6700", "#8250df", "#57606a", "#cf222e"];

    /// <summary>The picture.</summary>
    public static string Of(IReadOnlyList<Growth> growths)
    {
        var panels = new StringBuilder();
        var at = Top;
        foreach (var area in growths.GroupBy(growth => growth.Area))
        {
            at = Panel(panels, at, area.Key, [.. area]);
        }

        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {at}" font-family="sans-serif" font-size="12">
            <rect width="100%" height="100%" fill="white"/>
            <text x="{Left}" y="18">Cost per unit at 1×, 10× and 100× of the data, relative to 1×</text>
            {panels}</svg>

            """;
    }

    /// <summary>Draws one panel; where the next one begins.</summary>
    private static int Panel(StringBuilder svg, int top, string area, List<Growth> growths)
    {
        svg.Append(CultureInfo.InvariantCulture, $"""
            <text x="{Left}" y="{top + 14}" font-weight="bold">{SecurityElement.Escape(area)}</text>

            """);
        for (var level = 0; level <= Highest; level++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <line x1="{Left}" x2="{Width - 20}" y1="{Y(top, level):F0}" y2="{Y(top, level):F0}" stroke="#d0d7de"/><text x="{Left - 25}" y="{Y(top, level) + 4:F0}">{level}×</text>

                """);
        }

        var legend = top + Height + 40;
        for (var number = 0; number < growths.Count; number++)
        {
            var (growth, colour) = (growths[number], Colours[number % Colours.Length]);
            var first = growth.Points[0].Cost;
            var points = string.Join(' ', growth.Points.Select((point, at) => string.Create(CultureInfo.InvariantCulture, $"{X(at, growth.Points.Count):F0},{Y(top, point.Cost / first):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"""
                <polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>
                <text x="{Left}" y="{legend + (number * Line)}" fill="{colour}">{SecurityElement.Escape(growth.What)}: {string.Join(", ", growth.Points.Select(point => point.Cost.ToString("G3", CultureInfo.InvariantCulture)))} {growth.Unit}</text>

                """);
        }

        return legend + (growths.Count * Line) + 10;
    }

    private static double X(int at, int of) => Left + (at * (Width - Left - 20.0) / (of - 1));

    private static double Y(int top, double ratio) => top + 20 + Height - (Math.Min(ratio, Highest) * Height / Highest);
}

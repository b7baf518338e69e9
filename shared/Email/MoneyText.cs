using System.Globalization;

namespace ToolboxAI.Shared.Email;

/// <summary>Money for people: <c>USD 1,234.50</c>, <c>JPY 500</c>.</summary>
public static class MoneyText
{
    // Minor units as Stripe counts them (docs.stripe.com/currencies): ISK and UGX, which have none, are sent with two.
    private static readonly HashSet<string> WithoutMinorUnit =
        ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> WithThreeDigits = ["BHD", "JOD", "KWD", "OMR", "TND"];

    /// <summary>An amount in minor units of a currency (ISO 4217, in any case).</summary>
    public static string Of(long amount, string currency)
    {
        var code = currency.ToUpperInvariant();
        var digits = WithoutMinorUnit.Contains(code) ? 0 : WithThreeDigits.Contains(code) ? 3 : 2;
        var value = new decimal(amount) / (decimal)Math.Pow(10, digits);
        return $"{code} {value.ToString("N" + digits, CultureInfo.InvariantCulture)}";
    }
}

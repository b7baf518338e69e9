using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stripe;

/// <summary>Checks and reads webhooks.</summary>
public static class EventUtility
{
    /// <summary>How far a webhook's time may be from ours, in seconds.</summary>
    public const int DefaultTimeTolerance = 300;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Checks a webhook's signature and reads its event.</summary>
    /// <exception cref="StripeException">The signature is bad, too old, or the event is of another release's form.</exception>
    public static Event ConstructEvent(
        string json, string stripeSignatureHeader, string secret, long tolerance = DefaultTimeTolerance, bool throwOnApiVersionMismatch = true) =>
        ConstructEvent(json, stripeSignatureHeader, secret, tolerance, DateTimeOffset.UtcNow.ToUnixTimeSeconds(), throwOnApiVersionMismatch);

    /// <summary>Checks a webhook's signature as of <paramref name="utcNow"/> (seconds since 1970) and reads its event.</summary>
    /// <exception cref="StripeException">The signature is bad, too old, or the event is of another release's form.</exception>
    public static Event ConstructEvent(
        string json, string stripeSignatureHeader, string secret, long tolerance, long utcNow, bool throwOnApiVersionMismatch = true)
    {
        ValidateSignature(json, stripeSignatureHeader, secret, tolerance, utcNow);
        return ParseEvent(json, throwOnApiVersionMismatch);
    }

    /// <summary>Reads an event without a look at its signature.</summary>
    public static Event ParseEvent(string json, bool throwOnApiVersionMismatch = true)
    {
        var read = StripeEntity.FromJson<Event>(json);
        if (throwOnApiVersionMismatch && !IsCompatibleApiVersion(read.ApiVersion))
        {
            throw new StripeException(
                $"Received event with API version {read.ApiVersion}, but Stripe.net {StripeConfiguration.StripeNetVersion} expects API version "
                + $"{StripeConfiguration.ApiVersion}. Create the webhook endpoint with this version, or pass `throwOnApiVersionMismatch: false`.");
        }

        return read;
    }

    /// <summary>Whether events of this release have the form that this library reads.</summary>
    public static bool IsCompatibleApiVersion(string eventApiVersion) => IsCompatibleApiVersion(StripeConfiguration.ApiVersion, eventApiVersion);

    /// <summary>Whether two releases (<c>2026-07-29.dahlia</c>) have the same form: they do when their names are the same.</summary>
    public static bool IsCompatibleApiVersion(string sdkApiVersion, string eventApiVersion)
    {
        if (!eventApiVersion.Contains('.'))
        {
            return false;
        }

        var train = sdkApiVersion.Split('.')[1];
        return train == "preview" ? eventApiVersion == sdkApiVersion : eventApiVersion.Split('.')[1] == train;
    }

    /// <summary>Checks a webhook's signature: any <c>v1</c> may fit, <c>v0</c> is ignored.</summary>
    /// <exception cref="StripeException">The signature is bad or too old.</exception>
    public static void ValidateSignature(string json, string stripeSignatureHeader, string secret, long tolerance = DefaultTimeTolerance) =>
        ValidateSignature(json, stripeSignatureHeader, secret, tolerance, DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>Checks a webhook's signature as of <paramref name="utcNow"/> (seconds since 1970).</summary>
    /// <exception cref="StripeException">The signature is bad or too old.</exception>
    public static void ValidateSignature(string json, string stripeSignatureHeader, string secret, long tolerance, long utcNow)
    {
        var items = Items(stripeSignatureHeader);
        var timestamp = items["t"].FirstOrDefault();
        string expected;
        try
        {
            expected = ComputeSignature(secret, timestamp, json);
        }
        catch (EncoderFallbackException e)
        {
            throw new StripeException("The webhook cannot be processed because the signature cannot be safely calculated.", e);
        }

        var bytes = Encoding.UTF8.GetBytes(expected);
        if (!items["v1"].Any(given => CryptographicOperations.FixedTimeEquals(bytes, Encoding.UTF8.GetBytes(given))))
        {
            throw new StripeException(
                "The expected signature was not found in the Stripe-Signature header. "
                + "Make sure you're using the correct webhook secret (whsec_) and confirm the incoming request came from Stripe.");
        }

        if (Math.Abs(utcNow - Convert.ToInt32(timestamp, CultureInfo.InvariantCulture)) > tolerance)
        {
            throw new StripeException(
                "The webhook cannot be processed because the current timestamp is outside of the allowed tolerance.");
        }
    }

    /// <summary>The signature of a payload: the hex HMAC-SHA256 of <c>timestamp.payload</c> with the whole secret as its key.</summary>
    public static string ComputeSignature(string secret, string timestamp, string payload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(StrictUtf8.GetBytes(secret), StrictUtf8.GetBytes($"{timestamp}.{payload}")));

    /// <summary>A header for a payload of ours, for tests. <paramref name="timestamp"/> is seconds since 1970, now when null.</summary>
    public static string GenerateSignatureHeader(string payload, string secret, long? timestamp = null)
    {
        var time = (timestamp ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture);
        return $"t={time},v1={ComputeSignature(secret, time, payload)}";
    }

    private static ILookup<string, string> Items(string header) => header.Trim().Split(',')
        .Select(item => item.Trim().Split('=', 2))
        .Select(pair => pair.Length == 2 ? pair : throw new StripeException("The signature header format is unexpected."))
        .ToLookup(pair => pair[0], pair => pair[1]);
}

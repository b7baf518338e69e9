using System.Net;

namespace Stripe;

/// <summary>The API refused a request (<see cref="StripeError"/> says why), or answered what cannot be read.</summary>
public class StripeException : Exception
{
    public StripeException()
    {
    }

    public StripeException(string message)
        : base(message)
    {
    }

    public StripeException(string message, Exception err)
        : base(message, err)
    {
    }

    public StripeException(HttpStatusCode httpStatusCode, StripeError stripeError, string message)
        : base(message)
    {
        HttpStatusCode = httpStatusCode;
        StripeError = stripeError;
    }

    /// <summary>The answer's status; 0 when there was none, as with a bad webhook signature.</summary>
    public HttpStatusCode HttpStatusCode { get; set; }

    public StripeError StripeError { get; set; }

    public StripeResponse StripeResponse { get; set; }
}

/// <summary>Why the API refused a request.</summary>
public class StripeError : StripeEntity<StripeError>
{
    /// <summary><c>api_error</c>, <c>card_error</c>, <c>idempotency_error</c> or <c>invalid_request_error</c>.</summary>
    public string Type { get; set; }

    /// <summary>For example <c>card_declined</c> or <c>resource_missing</c>.</summary>
    public string Code { get; set; }

    /// <summary>The issuer's reason when a card was declined, for example <c>insufficient_funds</c>.</summary>
    public string DeclineCode { get; set; }

    /// <summary><c>confirm_card_data</c>, <c>do_not_try_again</c> or <c>try_again_later</c>; often absent.</summary>
    public string AdviceCode { get; set; }

    public string NetworkAdviceCode { get; set; }

    public string NetworkDeclineCode { get; set; }

    public string Message { get; set; }

    /// <summary>The parameter that was wrong, with brackets: <c>items[0][price]</c>.</summary>
    public string Param { get; set; }

    /// <summary>The id of the failed charge.</summary>
    public string Charge { get; set; }

    public string DocUrl { get; set; }

    public string RequestLogUrl { get; set; }

    public PaymentIntent PaymentIntent { get; set; }

    public PaymentMethod PaymentMethod { get; set; }

    public string PaymentMethodType { get; set; }
}

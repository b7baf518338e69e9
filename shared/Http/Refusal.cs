namespace ToolboxAI.Shared.Http;

/// <summary>
/// An expected "no": part of a contract, not an exception. A feature lists its refusals in one file, a line each, under the
/// kind that says what the caller can do about it; the kind becomes the HTTP status in one place.
/// </summary>
/// <param name="Code">Stable, lower case with underscores; callers branch on it.</param>
/// <param name="Message">For people; without secrets and without other tenants' data.</param>
public abstract record Refusal(string Code, string Message);

/// <summary>400: the request makes no sense as it stands.</summary>
public abstract record InvalidRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>401: nobody we know.</summary>
public abstract record UnauthenticatedRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>402: the payment did not go through.</summary>
public abstract record PaymentRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>403: known, but not allowed.</summary>
public abstract record ForbiddenRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>404: there is no such thing, for this caller.</summary>
public abstract record NotFoundRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>409: not in the state that things are in.</summary>
public abstract record ConflictRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>413: too much.</summary>
public abstract record TooLargeRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>415: a content type that we don't read.</summary>
public abstract record MediaTypeRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>422: well-formed, but its values can't be used.</summary>
public abstract record UnprocessableRefusal(string Code, string Message) : Refusal(Code, Message);

/// <summary>429: too often; try again later.</summary>
public abstract record TooManyRefusal(string Code, string Message) : Refusal(Code, Message);

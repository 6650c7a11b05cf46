"""Twilio's error codes: those a request is refused with, and those a message fails with later.

Source: https://www.twilio.com/docs/api/errors/twilio-error-codes.json
"""

from typing import Final

FAILED: Final = "failed"
UNDELIVERED: Final = "undelivered"

REFUSALS: Final[dict[int, tuple[int, str]]] = {
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number"),
    21212: (400, "Invalid 'From' Number"),
    21266: (400, "'To' and 'From' number cannot be the same"),
    21408: (400, "Permission to send an SMS has not been enabled for the region of 'To'"),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' number is not a valid, SMS-capable phone number of your account"),
    21608: (400, "The number is unverified. Trial accounts cannot send to unverified numbers"),
    21609: (400, "The StatusCallback URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "The 'To' phone number is not currently reachable via SMS"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21619: (400, "A text message body or media urls must be specified."),
    21620: (400, "Invalid media URL(s)"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21602: (400, "Message body is required."),
    21654: (400, "ContentSid Required"),
    21655: (400, "The ContentSid is Invalid"),
    21656: (400, "The ContentVariables Parameter is invalid"),
    21658: (400, "A Content Variable exceeds the 1600 character limit"),
    21701: (400, "The Messaging Service does not exist"),
    21702: (400, "The Messaging Service is not available"),
    21703: (400, "The Messaging Service does not have a phone number available to send a message"),
    21704: (400, "The Messaging Service contains no phone numbers"),
    21705: (400, "The Messaging Service Sid is invalid"),
    21910: (400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    35115: (400, "The 'SendAt' timestamp is invalid"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
    60727: (400, "Channel not found"),
    63007: (400, "Twilio could not find a Channel with the specified From address"),
    63031: (400, "Channels message cannot have same From and To"),
    63038: (429, "Account exceeded the daily messages limit"),
}

# Twilio says "failed" before the hand-off to the channel and "undelivered" after it.
FAILURES: Final[dict[int, tuple[str, str]]] = {
    21610: (FAILED, "Attempt to send to unsubscribed recipient"),
    30001: (FAILED, "Queue overflow"),
    30002: (FAILED, "Account suspended"),
    30003: (UNDELIVERED, "Unreachable destination handset"),
    30004: (UNDELIVERED, "Message blocked"),
    30005: (UNDELIVERED, "Unknown destination handset"),
    30006: (UNDELIVERED, "Landline or unreachable carrier"),
    30007: (UNDELIVERED, "Message filtered"),
    30008: (UNDELIVERED, "Unknown error"),
    30022: (FAILED, "US A2P 10DLC - Rate Limits Exceeded"),
    30023: (FAILED, "US A2P 10DLC - Daily Message Cap Reached"),
    30032: (UNDELIVERED, "Toll-Free Number Has Not Been Verified"),
    30034: (UNDELIVERED, "Message from an unregistered number"),
    30036: (FAILED, "Validity period expired"),
    30410: (UNDELIVERED, "Provider Timeout Error"),
    30610: (UNDELIVERED, "Message not delivered during quiet hours"),
    63001: (FAILED, "Channel could not authenticate the request"),
    63003: (UNDELIVERED, "Channel could not find To address"),
    63005: (UNDELIVERED, "Channel did not accept given content"),
    63010: (FAILED, "Channels: Twilio internal error"),
    63012: (FAILED, "Channel provider returned an internal service error"),
    63013: (UNDELIVERED, "This message send failed because it violates channel provider's policy"),
    63014: (
        UNDELIVERED,
        "This message failed to be delivered because it was blocked by user action",
    ),
    63015: (FAILED, "Channel Sandbox can only send messages to phone numbers that joined it"),
    63016: (FAILED, "Failed to send freeform message because you are outside the allowed window"),
    63017: (FAILED, "Rate limit exceeded"),
    63018: (FAILED, "Rate limit exceeded for Channel"),
    63019: (UNDELIVERED, "Media failed to download"),
    63020: (FAILED, "Invitation by Meta Business Manager was not accepted"),
    63021: (UNDELIVERED, "Channel invalid content error"),
    63022: (FAILED, "Invalid vname certificate"),
    63024: (UNDELIVERED, "Invalid message recipient"),
    63027: (FAILED, "Template does not exist for a language and locale"),
    63028: (FAILED, "Number of parameters provided does not match the expected number"),
    63029: (UNDELIVERED, "The receiver failed to download the template"),
    63030: (FAILED, "Unsupported parameter for this type of Channels message"),
    63032: (UNDELIVERED, "We cannot send this message to this user because of a limitation"),
    63033: (UNDELIVERED, "Recipient blocked to receive message"),
    63040: (FAILED, "Template Rejected"),
    63041: (FAILED, "Template Paused"),
    63042: (FAILED, "Template Disabled"),
    63049: (UNDELIVERED, "Meta chose not to deliver this message"),
    63051: (FAILED, "WhatsApp Business Account is locked"),
    63101: (FAILED, "The WhatsApp Business Account ID is invalid or not shared"),
    63112: (FAILED, "The WhatsApp Business Account was disabled by Meta"),
    63124: (FAILED, "The sender's display name is not approved"),
}


def refuses(code: int) -> bool:
    """Say whether a code is given in the answer to the request rather than in a callback."""
    return code in REFUSALS or 20000 <= code < 30000


def failure(code: int) -> tuple[str, str]:
    """Return the final status and the words of a code that a message fails with."""
    return FAILURES.get(code, (UNDELIVERED, "Unknown error"))


def words(code: int) -> str:
    """Return Twilio's sentence for any code."""
    if code in REFUSALS:
        return REFUSALS[code][1]
    return failure(code)[1]

#include "pay/mock/test_methods.h"

#define DECLINED "Your card was declined."
#define CARD(id, brand, last4) "pm_card_" id, brand, last4, false, false, NULL, NULL, NULL
#define DECLINE(id, brand, last4, code, decline_code, message)                                               \
    "pm_card_" id, brand, last4, false, false, code, decline_code, message
#define ACTION(id, brand, last4) "pm_card_" id, brand, last4, true, false, NULL, NULL, NULL

static const struct test_method methods[] = {
    {CARD("visa", "visa", "4242")},
    {CARD("visa_debit", "visa", "5556")},
    {CARD("mastercard", "mastercard", "4444")},
    {CARD("mastercard_debit", "mastercard", "8210")},
    {CARD("mastercard_prepaid", "mastercard", "5100")},
    {CARD("amex", "amex", "8431")},
    {CARD("discover", "discover", "9424")},
    {CARD("diners", "diners", "5904")},
    {CARD("jcb", "jcb", "0505")},
    {CARD("unionpay", "unionpay", "0005")},
    {CARD("us", "visa", "4242")},
    {CARD("gb", "visa", "0000")},
    {CARD("de", "visa", "0000")},
    {"pm_card_refundFail", "visa", "5126", false, true, NULL, NULL, NULL},
    {DECLINE("chargeDeclined", "visa", "0002", "card_declined", "generic_decline", DECLINED)},
    {DECLINE("visa_chargeDeclined", "visa", "0002", "card_declined", "generic_decline", DECLINED)},
    {DECLINE("chargeDeclinedInsufficientFunds", "visa", "9995", "card_declined", "insufficient_funds",
             "Your card has insufficient funds.")},
    {DECLINE("visa_chargeDeclinedInsufficientFunds", "visa", "9995", "card_declined", "insufficient_funds",
             "Your card has insufficient funds.")},
    {DECLINE("visa_chargeDeclinedLostCard", "visa", "9987", "card_declined", "lost_card", DECLINED)},
    {DECLINE("visa_chargeDeclinedStolenCard", "visa", "9979", "card_declined", "stolen_card", DECLINED)},
    {DECLINE(
        "visa_chargeDeclinedVelocityLimitExceeded", "visa", "6975", "card_declined", "card_velocity_exceeded",
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.")},
    {DECLINE("chargeDeclinedFraudulent", "visa", "0019", "card_declined", "fraudulent", DECLINED)},
    {DECLINE("radarBlock", "visa", "4954", "card_declined", "fraudulent", DECLINED)},
    {DECLINE("chargeCustomerFail", "visa", "0341", "card_declined", "generic_decline", DECLINED)},
    {DECLINE("chargeDeclinedExpiredCard", "visa", "0069", "expired_card", "expired_card",
             "Your card has expired.")},
    {DECLINE("chargeDeclinedIncorrectCvc", "visa", "0127", "incorrect_cvc", "incorrect_cvc",
             "Your card's security code is incorrect.")},
    {DECLINE("chargeDeclinedProcessingError", "visa", "0119", "processing_error", "processing_error",
             "An error occurred while processing your card. Try again in a little bit.")},
    {ACTION("authenticationRequired", "visa", "3184")},
    {ACTION("threeDSecure2Required", "visa", "3220")},
};

const struct test_method *test_method_find(struct str id) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_equal(str_from(methods[i].id), id))
            return &methods[i];
    return NULL;
}

#include "shop/orders/carriers.h"

#include "base/buf.h"

/* clang-format off */
static const struct carrier carriers[] = {
    {"an-post", "An Post", "https://www.anpost.com/Post-Parcels/Track/History?item="},
    {"aramex", "Aramex", "https://www.aramex.com/track/results?ShipmentNumber="},
    {"australia-post", "Australia Post", "https://auspost.com.au/mypost/track/#/details/"},
    {"bluedart", "Blue Dart", "https://www.bluedart.com/trackdartresultthirdparty?trackFor=0&trackNo="},
    {"bpost", "bpost", "https://track.bpost.cloud/btr/web/#/search?itemCode="},
    {"bring", "Bring", "https://tracking.bring.com/tracking/"},
    {"canada-post", "Canada Post", "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor="},
    {"chronopost", "Chronopost", "https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT="},
    {"colissimo", "La Poste", "https://www.laposte.fr/outils/suivre-vos-envois?code="},
    {"correos", "Correos", "https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number="},
    {"ctt", "CTT", "https://www.ctt.pt/feapl_2/app/open/objectSearch/objectSearch.jspx?objects="},
    {"delhivery", "Delhivery", "https://www.delhivery.com/track/package/"},
    {"dhl", "DHL", "https://www.dhl.com/global-en/home/tracking.html?tracking-id="},
    {"dhl-de", "DHL Paket", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode="},
    {"dpd", "DPD", "https://tracking.dpd.de/status/en_US/parcel/"},
    {"dpd-uk", "DPD UK", "https://track.dpd.co.uk/parcels/"},
    {"evri", "Evri", "https://www.evri.com/track/parcel/"},
    {"fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr="},
    {"gls", "GLS", "https://gls-group.eu/track/"},
    {"inpost", "InPost", "https://inpost.pl/sledzenie-przesylek?number="},
    {"japan-post", "Japan Post", "https://trackings.post.japanpost.jp/services/srv/search/direct?reqCodeNo1="},
    {"nz-post", "NZ Post", "https://www.nzpost.co.nz/tools/tracking/item/"},
    {"post-at", "Österreichische Post", "https://www.post.at/s/sendungsdetails?snr="},
    {"poste-italiane", "Poste Italiane", "https://www.poste.it/cerca/index.html#/risultati-spedizioni/"},
    {"postnord", "PostNord", "https://tracking.postnord.com/en/tracking?id="},
    {"purolator", "Purolator", "https://www.purolator.com/en/shipping/tracker?pin="},
    {"royal-mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/"},
    {"swiss-post", "Swiss Post", "https://service.post.ch/ekp-web/ui/entry/search/"},
    {"ups", "UPS", "https://www.ups.com/track?tracknum="},
    {"usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels="},
};
/* clang-format on */

const struct carrier *carrier_find(struct str text) {
    struct str name = str_trim(text);
    for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
        if (str_equal_nocase(name, str_from(carriers[i].code)) ||
            str_equal_nocase(name, str_from(carriers[i].name)))
            return &carriers[i];
    return NULL;
}

/* Puts a number into a URL: blanks are for people, and what is not unreserved (RFC 3986) is encoded. */
static void carrier_put_number(struct buf *out, struct str number) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < number.size; i++) {
        unsigned char c = (unsigned char)number.data[i];
        if (c == ' ')
            continue;
        if (str_is_alnum((struct str){number.data + i, 1}, "-._~")) {
            buf_put_char(out, (char)c);
        } else {
            buf_put_char(out, '%');
            buf_put_char(out, digits[c >> 4]);
            buf_put_char(out, digits[c & 15]);
        }
    }
}

struct str carrier_link(struct arena *arena, struct str carrier, struct str number) {
    const struct carrier *found = carrier.data && number.size > 0 ? carrier_find(carrier) : NULL;
    struct buf url = buf_new(arena);
    if (!found)
        return (struct str){0};
    buf_put_text(&url, found->url);
    carrier_put_number(&url, number);
    return buf_ok(&url) ? buf_str(&url) : (struct str){0};
}

/** The carriers whose tracking links the API makes (src/shop/orders/carriers.c). Any other may be typed. */
export const carriers = [
  'An Post', 'Aramex', 'Australia Post', 'Blue Dart', 'bpost', 'Bring', 'Canada Post', 'Chronopost', 'La Poste',
  'Correos', 'CTT', 'Delhivery', 'DHL', 'DHL Paket', 'DPD', 'DPD UK', 'Evri', 'FedEx', 'GLS', 'InPost', 'Japan Post',
  'NZ Post', 'Österreichische Post', 'Poste Italiane', 'PostNord', 'Purolator', 'Royal Mail', 'Swiss Post', 'UPS',
  'USPS',
];

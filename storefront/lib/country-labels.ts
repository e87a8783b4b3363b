// What people call these lines where they live. Till knows whether there are such lines, and no words for them. The page
// gets those of its countries from this server.
import type { AddressLabels } from './checkout';

const regionLabels: Record<string, string> = {
  AE: 'Emirate', AR: 'Province', AU: 'State or territory', BR: 'State', CA: 'Province or territory', CN: 'Province', ES: 'Province', GB: 'County',
  IE: 'County', IN: 'State', IT: 'Province', JP: 'Prefecture', MX: 'State', MY: 'State', US: 'State',
};
const postalLabels: Record<string, string> = { AU: 'Postcode', BR: 'CEP', GB: 'Postcode', IE: 'Eircode', IN: 'PIN code', NZ: 'Postcode', US: 'ZIP code' };

export const labelsIn = (country: string): AddressLabels => ({ region: regionLabels[country] ?? 'Region', postal_code: postalLabels[country] ?? 'Postal code' });

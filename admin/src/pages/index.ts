/** The pages, by the first part of their address. */
import type { ComponentType } from 'preact';
import { AccountPage } from './account.js';
import { AuditPage } from './audit.js';
import { CustomerPages } from './customers.js';
import { ImportPages } from './import.js';
import { KeysPage } from './keys.js';
import { MailPages } from './mails.js';
import { OrderPages } from './orders.js';
import { ProductPages } from './products.js';
import { SettingsPage } from './settings.js';
import { ShippingPage } from './shipping.js';
import { StaffPage } from './staff.js';
import { SynonymsPage } from './synonyms.js';
import { TaxesPage } from './taxes.js';
import { TodayPage } from './today.js';
import { WebhookPages } from './webhooks.js';

export const pages: Record<string, ComponentType<{ rest: string[] }>> = {
  '': TodayPage,
  orders: OrderPages,
  products: ProductPages,
  customers: CustomerPages,
  import: ImportPages,
  shipping: ShippingPage,
  taxes: TaxesPage,
  synonyms: SynonymsPage,
  settings: SettingsPage,
  staff: StaffPage,
  keys: KeysPage,
  audit: AuditPage,
  webhooks: WebhookPages,
  mails: MailPages,
  account: AccountPage,
};

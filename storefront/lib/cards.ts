// The mock provider's card form. A number is turned into one of Stripe's test payment methods here, in the browser,
// and the method's name is all that is sent: no card's number, real or not, reaches this shop's server or Till.

import { digits } from './card-digits';

export const testCards = [
  { number: '4242 4242 4242 4242', method: 'pm_card_visa', says: 'is paid' },
  { number: '4000 0000 0000 0002', method: 'pm_card_chargeDeclined', says: 'is declined' },
  { number: '4000 0025 0000 3155', method: 'pm_card_authenticationRequired', says: 'asks the bank' },
] as const;

export interface Card {
  number: string;
  expiry: string; // MM / YY
  cvc: string;
}

/** What is wrong with what was typed, by field; empty where nothing is. */
export function cardProblems(card: Card, now = new Date()): Partial<Card> {
  const problems: Partial<Card> = {};
  if (!testCards.some(known => digits(known.number) === digits(card.number)))
    problems.number = digits(card.number).length < 16 ? 'The number is incomplete.' : 'Use one of the test cards below: this shop takes no real ones.';
  const [month = 0, year = 0] = (digits(card.expiry).match(/\d\d/g) ?? []).map(Number);
  if (digits(card.expiry).length < 4 || month < 1 || month > 12) problems.expiry = 'Month and year, as in 12 / 34.';
  else if (new Date(2000 + year, month) <= now) problems.expiry = 'This card has expired.';
  if (!/^\d{3,4}$/.test(card.cvc)) problems.cvc = 'Three or four digits.';
  return problems;
}

/** The test method that stands for a card that has no problems. */
export const methodOf = (number: string) => testCards.find(known => digits(known.number) === digits(number))?.method ?? null;

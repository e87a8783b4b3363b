// What is typed into a card's fields, as it is shown.

export const digits = (text: string) => text.replace(/\D/g, '');

/** Digits in groups of four, as on a card. */
export const spaced = (text: string) => digits(text).slice(0, 19).replace(/(\d{4})(?=\d)/g, '$1 ');

/** 12/34 from 1234. */
export const slashed = (text: string) => digits(text).slice(0, 4).replace(/^(\d\d)(\d+)$/, '$1 / $2');

/** Text whose lines do not break between a number and its unit: `22 L`, `1 °C`, `6.8 inch`. */
export const tight = (text: string) => text.replace(/(\d) (?=[\p{L}°%µΩ]{1,6}\b|[°%])/gu, '$1\u00a0');

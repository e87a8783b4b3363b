/** Light or dark: as the system has it, unless somebody chose. */
export type Theme = 'auto' | 'light' | 'dark';

const theme_key = 'till-desk-theme';

export const themeNow = (): Theme => {
  const kept = localStorage.getItem(theme_key);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
};

export function setTheme(theme: Theme) {
  if (theme === 'auto') localStorage.removeItem(theme_key);
  else localStorage.setItem(theme_key, theme);
  startTheme();
}

export function startTheme() {
  const theme = themeNow();
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

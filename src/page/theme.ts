/** Before anything is drawn: the theme that was chosen, which is all that is ever kept in the browser. */
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // A browser may keep nothing.
}

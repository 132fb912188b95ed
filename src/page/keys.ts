import { signal } from '@preact/signals';

/** Letters alone do something, until somebody turns them off who speaks to the machine instead. */
export const hasLetters = signal(true);

/** Whether a key is meant as a command, and not to be written. */
export function isCommand({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || !hasLetters.value) return false;
  return !(target instanceof HTMLElement && target.closest('input, select, textarea, dialog'));
}

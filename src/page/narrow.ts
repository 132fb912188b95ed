import { useEffect, useState } from 'preact/hooks';

const NARROW = matchMedia('(max-width: 719px)');

/** Whether there is as little room as on a phone. */
export function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(NARROW.matches);
  useEffect(() => {
    const onChange = (): void => setNarrow(NARROW.matches);
    NARROW.addEventListener('change', onChange);
    return () => NARROW.removeEventListener('change', onChange);
  }, []);
  return isNarrow;
}

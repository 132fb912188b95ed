import type { Instant } from '../../../core/values/clock.ts';
import { toWeek } from '../rules.ts';
import type { Credit, Season } from '../state.ts';

/** Whether one of these credits of the season was claimed in the current week. */
export function hasClaimed(credits: readonly Credit[], season: Season, now: Instant): boolean {
  const { start } = toWeek(season, now);
  return credits.some(({ claimedAt }) => claimedAt !== null && claimedAt >= start && claimedAt <= now);
}

export interface Day<Item> {
  /** The date as YYYY-MM-DD, by the viewer's clock. */
  date: string;
  /** How it is called: Today, Yesterday, Monday, 3 March 2026. */
  label: string;
  items: Item[];
}

/** Groups what was watched by the day on which it was, in the order given. `now` and the days are of the local clock. */
export function groupByDay<Item extends { watchedAt: string }>(items: readonly Item[], now: Date): Day<Item>[] {
  const days = new Map<string, Day<Item>>();
  for (const item of items) {
    const watchedAt = new Date(item.watchedAt);
    const date = dateOf(watchedAt);
    const day = days.get(date) ?? { date, label: labelOf(watchedAt, now), items: [] };
    day.items.push(item);
    days.set(date, day);
  }
  return [...days.values()];
}

const pad = (value: number) => String(value).padStart(2, '0');
const dateOf = (date: Date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;

const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' });
const month = new Intl.DateTimeFormat('en', { month: 'long' });

function labelOf(date: Date, now: Date): string {
  // By the calendar, not by 24 hours: a day of 23 or 25 has no place here.
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (dateOf(date) === dateOf(now)) return 'Today';
  if (dateOf(date) === dateOf(yesterday)) return 'Yesterday';
  const label = `${weekday.format(date)}, ${date.getDate()} ${month.format(date)}`;
  return date.getFullYear() === now.getFullYear() ? label : `${label} ${date.getFullYear()}`;
}

const pad = (value: number) => String(value).padStart(2, '0');

/** `3:07`, `1:02:03`, of seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `1 hour 2 minutes`, `45 seconds`, of seconds: to be read out. At most two units. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 seconds';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, noun]) => counted(count, noun))
    .join(' ');
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `No views yet`, `1 view`, `1.2K views`. */
export function formatViews(count: number): string {
  if (count === 0) return 'No views yet';
  return count === 1 ? '1 view' : `${compact.format(count)} views`;
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** How long ago an ISO 8601 instant was: `3 hours ago`. A clock that is a little behind does not make it the future. */
export function formatAge(instant: string, now: Date = new Date()): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(instant)) / 1000);
  const unit = units.find(([, length]) => seconds >= length);
  return unit ? relative.format(-Math.floor(seconds / unit[1]), unit[0]) : 'just now';
}

const sizes = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `312 bytes`, `4.2 MB`, in decimal units as file managers and providers count. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  // 999.95 would be rounded up to 1000.0, which is 1.0 of the next unit.
  while (value >= 999.95 && unit < sizes.length - 1) [value, unit] = [value / 1000, unit + 1];
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ${sizes[unit]}`;
}

/** `less than 10 seconds left`, `40 seconds left`, `3 minutes left`: coarse enough not to flicker. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return 'less than 10 seconds left';
  if (seconds < 60) return `${Math.ceil(seconds / 10) * 10} seconds left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${counted(minutes, 'minute')} left`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${counted(hours, 'hour')}${rest > 0 ? ` ${counted(rest, 'minute')}` : ''} left`;
}

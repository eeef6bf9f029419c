import { figure } from './panels.ts';

const thresholds = (orange: number, green: number): [string, number | null][] => [
  ['red', null],
  ['orange', orange],
  ['green', green],
];

/** What viewers and publishers were promised (infrastructure/observability/prometheus/rules), and how it is kept. */
export const serviceLevels = {
  playback: figure({
    title: 'Requests for video that succeed, last hour',
    about: 'Promised: 99.9 %. Without requests there is no figure.',
    unit: 'percentunit',
    decimals: 2,
    expr: '1 - playback:failures:ratio_rate1h',
    colours: thresholds(0.99, 0.999),
  }),
  startUp: figure({
    title: 'Sessions that start within 2 s, last hour',
    about: 'Promised: 95 %.',
    unit: 'percentunit',
    decimals: 1,
    expr: '1 - playback:slow_starts:ratio_rate1h',
    colours: thresholds(0.9, 0.95),
  }),
  processing: figure({
    title: 'Uploads playable within 60 s, last hour',
    about: 'Promised: 95 %. Playable adaptively; as it was uploaded, a video can be watched at once.',
    unit: 'percentunit',
    decimals: 1,
    expr: '1 - processing:late:ratio_rate1h',
    colours: thresholds(0.9, 0.95),
  }),
};

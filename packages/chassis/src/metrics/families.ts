import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** A metric by its name, and how its values are told apart. */
export interface Family {
  name: string;
  help: string;
  labelNames?: readonly string[];
}

/** One value of a gauge. */
export interface Sample {
  labels?: Record<string, string>;
  value: number;
}

/** From what is answered from memory to a file that is watched for minutes, in seconds. */
export const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/** The class of a status, `2xx` to `5xx`; `none` where there was no answer. */
export function classOf(status: number | undefined): string {
  return status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
}

type Read = () => Iterable<Sample> | Promise<Iterable<Sample>>;
const readsOf = new WeakMap<Gauge, Set<Read>>();

/** The histogram of this name: made by whoever needs it first, and the same one for all others of the service. */
export function histogramIn(registry: Registry, family: Family & { buckets: number[] }): Histogram {
  return sharedIn(registry, family, (options) => new Histogram(options));
}

/** The counter of this name: made by whoever needs it first, and the same one for all others of the service. */
export function counterIn(registry: Registry, family: Family): Counter {
  return sharedIn(registry, family, (options) => new Counter(options));
}

/**
 * Has the gauge of this name show what `read` gives whenever someone looks; several may have a part in one gauge. A read
 * that fails shows nothing: a number that nobody knows is better missing than old.
 */
export function watch(registry: Registry, family: Family, read: Read): void {
  const gauge = sharedIn(registry, family, (options) => {
    const reads = new Set<Read>();
    const made: Gauge = new Gauge({
      ...options,
      async collect() {
        const samples = await Promise.all(
          [...reads].map(async (one) => [...(await one())]).map((one) => one.catch(() => [])),
        );
        made.reset();
        // A gauge without labels is 0 as soon as it is reset, and not missing.
        if (family.labelNames === undefined) made.remove();
        for (const { labels = {}, value } of samples.flat()) made.inc(labels, value);
      },
    });
    readsOf.set(made, reads);
    return made;
  });
  readsOf.get(gauge)?.add(read);
}

function sharedIn<F extends Family, M>(registry: Registry, family: F, make: (options: F & Registers) => M): M {
  const known = registry.getSingleMetric(family.name) as M | undefined;
  return known ?? make({ ...family, registers: [registry] });
}

interface Registers {
  registers: Registry[];
}

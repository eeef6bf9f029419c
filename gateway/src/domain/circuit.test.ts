import { describe, expect, it } from '@jest/globals';
import { createCircuit } from './circuit.ts';

describe('a circuit', () => {
  const start = () => {
    const clock = { now: 0 };
    return { clock, circuit: createCircuit({ failures: 3, probeMs: 1000, now: () => clock.now }) };
  };
  const fail = (circuit: ReturnType<typeof createCircuit>, times: number) => {
    for (let count = 0; count < times; count++) circuit.failed();
  };

  it('admits all, until it has failed so many times in a row', () => {
    const { circuit } = start();
    fail(circuit, 2);
    circuit.succeeded();
    fail(circuit, 2);
    expect([circuit.admits(), circuit.admits(), circuit.open]).toEqual([true, true, false]);
    fail(circuit, 1);
    expect([circuit.admits(), circuit.open]).toEqual([false, true]);
  });

  it('admits one attempt an interval while it is open, without waiting for how it ends', () => {
    const { circuit, clock } = start();
    fail(circuit, 3);
    clock.now = 1000;
    expect([circuit.admits(), circuit.admits()]).toEqual([true, false]);
    clock.now = 2000;
    expect([circuit.admits(), circuit.admits()]).toEqual([true, false]);
  });

  it('admits all again, once one has succeeded', () => {
    const { circuit } = start();
    fail(circuit, 10);
    circuit.succeeded();
    expect([circuit.admits(), circuit.admits(), circuit.open]).toEqual([true, true, false]);
  });
});

import { expect, test } from 'vitest';
import { SustainedPressure } from '../../../src/http/sustained-pressure.ts';

function build() {
  const clock = { time: 0, monotonic: () => clock.time };
  return { clock, pressure: new SustainedPressure({ clock, lastsMs: 1500, overAfterMs: 2000 }) };
}

test('a moment of pressure turns nobody away', () => {
  const { clock, pressure } = build();
  for (clock.time = 0; clock.time < 1500; clock.time += 100) expect(pressure.lasts()).toBe(false);
});

test('pressure that lasts does', () => {
  const { clock, pressure } = build();
  pressure.lasts();
  clock.time = 1400;
  expect(pressure.lasts()).toBe(false);
  clock.time = 1500;
  expect(pressure.lasts()).toBe(true);
  clock.time = 3000;
  expect(pressure.lasts()).toBe(true);
});

test('moments far apart do not add up', () => {
  const { clock, pressure } = build();
  for (clock.time = 0; clock.time < 60_000; clock.time += 2001)
    expect(pressure.lasts()).toBe(false);
});

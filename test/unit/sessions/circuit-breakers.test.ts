import { beforeEach, describe, expect, it } from 'vitest';
import {
  BREAKER_LIMITS,
  type BreakerKey,
  BreakerOpen,
  CircuitBreakers,
} from '../../../src/modules/sessions/circuit-breakers.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const key: BreakerKey = { tenantId: 't', connectorId: 'c1', credentialGeneration: 1 };

let clock: FakeClock;
let breakers: CircuitBreakers;

beforeEach(() => {
  clock = new FakeClock();
  breakers = new CircuitBreakers({ clock });
});

function fail(times: number, of = key): void {
  for (let n = 0; n < times; n += 1) breakers.failed(of, 'CONNECTION_FAILED');
}

/** Milliseconds until the next try; 0 where a call is let through, which ends at once. */
function wait(of = key): number {
  try {
    breakers.admit(of).release();
    return 0;
  } catch (error) {
    if (error instanceof BreakerOpen) return error.retryAfterMs;
    throw error;
  }
}

describe('a breaker', () => {
  it('opens at the third failure in two minutes, for half a minute', () => {
    fail(2);
    expect(wait()).toBe(0);
    clock.advance(119_999);
    fail(1);
    expect(wait()).toBe(30_000);
    clock.advance(29_999);
    expect(wait()).toBe(1_000); // never less than a second
    clock.advance(1);
    expect(wait()).toBe(0);
  });

  it('forgets failures after two minutes', () => {
    for (let n = 0; n < 20; n += 1) {
      fail(2);
      clock.advance(120_000);
    }
    expect(wait()).toBe(0);
  });

  it('forgets failures at a success', () => {
    for (let n = 0; n < 20; n += 1) {
      fail(2);
      breakers.succeeded(key);
    }
    expect(wait()).toBe(0);
    expect(breakers.openCount).toBe(0);
  });

  it('says the failure that opened it', () => {
    fail(2);
    breakers.failed(key, 'TIMEOUT');
    expect(() => breakers.admit(key)).toThrow(expect.objectContaining({ lastCode: 'TIMEOUT' }));
  });

  it('lets one call through after that, and the others only once it succeeded', () => {
    fail(3);
    clock.advance(30_000);
    const probe = breakers.admit(key);
    expect(wait()).toBeGreaterThan(0);
    breakers.succeeded(key);
    probe.release();
    expect(wait()).toBe(0);
    fail(2);
    expect(wait()).toBe(0);
  });

  it('opens for twice as long each time that call fails, for five minutes at most', () => {
    fail(3);
    for (const seconds of [30, 60, 120, 240, 300, 300]) {
      expect(wait()).toBe(seconds * 1000);
      clock.advance(seconds * 1000);
      const probe = breakers.admit(key);
      fail(1);
      probe.release();
    }
    clock.advance(300_000);
    breakers.succeeded(key);
    fail(3);
    expect(wait()).toBe(30_000);
  });

  it('lets another call through where that one ended without saying anything', () => {
    fail(3);
    clock.advance(30_000);
    for (let n = 0; n < 5; n += 1) {
      const probe = breakers.admit(key);
      expect(wait()).toBeGreaterThan(0);
      probe.release();
    }
    expect(breakers.openCount).toBe(1);
  });

  it('learns nothing from calls that began before it opened', () => {
    fail(3);
    fail(50);
    expect(wait()).toBe(30_000);
    clock.advance(30_000);
    expect(wait()).toBe(0);
  });

  it.each([
    [{ ...key, connectorId: 'c2' }],
    [{ ...key, tenantId: 'another' }],
    [{ ...key, credentialGeneration: 2 }],
  ])('does not concern %j', (other) => {
    fail(3);
    expect(wait(other)).toBe(0);
  });

  it('is closed by a test that passed, whatever the credentials', () => {
    fail(3);
    fail(3, { ...key, credentialGeneration: 2 });
    fail(3, { ...key, connectorId: 'c2' });
    breakers.reset('c1');
    expect(wait()).toBe(0);
    expect(wait({ ...key, credentialGeneration: 2 })).toBe(0);
    expect(wait({ ...key, connectorId: 'c2' })).toBe(30_000);
  });
});

describe('the list', () => {
  it('has the breakers of one tenant that are not closed, the one that failed last first', () => {
    fail(2);
    fail(3, { ...key, connectorId: 'c2' });
    clock.advance(10_000);
    fail(3, { ...key, connectorId: 'c3' });
    fail(3, { ...key, tenantId: 'another', connectorId: 'c4' });
    clock.advance(20_000);

    expect(breakers.openCount).toBe(3);
    expect(breakers.list('t')).toEqual([
      {
        tenantId: 't',
        connectorId: 'c3',
        state: 'open',
        lastCode: 'CONNECTION_FAILED',
        retryAfterMs: 10_000,
      },
      expect.objectContaining({ connectorId: 'c2', state: 'half_open', retryAfterMs: 0 }),
    ]);
  });
});

describe('memory', () => {
  const count = (of: CircuitBreakers) => of.openCount;

  it('holds a limited number of connectors, and forgets those that failed longest ago', () => {
    const many = BREAKER_LIMITS.remembered + 500;
    for (let n = 0; n < many; n += 1) fail(3, { ...key, connectorId: `c${n}` });
    expect(count(breakers)).toBe(BREAKER_LIMITS.remembered);
    expect(wait({ ...key, connectorId: 'c0' })).toBe(0);
    expect(wait({ ...key, connectorId: `c${many - 1}` })).toBe(30_000);
  });

  it('is given back by a sweep once a failure means nothing any more, and not earlier', () => {
    fail(3);
    clock.advance(30_000 + 299_999);
    breakers.sweep();
    expect(count(breakers)).toBe(1);
    clock.advance(1);
    breakers.sweep();
    expect(count(breakers)).toBe(0);
  });

  it('loses no failure of the last two minutes by a sweep', () => {
    fail(2);
    clock.advance(119_000);
    breakers.sweep();
    fail(1);
    expect(wait()).toBe(30_000);
  });
});

import { expect, it } from 'vitest';
import { KubernetesRefusal } from '../../../src/runtimes/kubernetes-refusal.ts';
import { LoggableCause, loggableCause } from '../../../src/runtimes/loggable-cause.ts';

const SECRET = 's3cret';
const refused = Object.assign(new Error(`connect ${SECRET}`), { code: 'ECONNREFUSED' });

it.each([
  [new LoggableCause('its heartbeats do not come'), 'its heartbeats do not come'],
  [new LoggableCause('no answer', { cause: refused }), 'no answer ECONNREFUSED'],
  [refused, 'ECONNREFUSED'],
  [new Error('outer', { cause: refused }), 'ECONNREFUSED'],
  [
    new KubernetesRefusal(403, { reason: 'Forbidden', message: SECRET, details: {} }),
    '403 Forbidden',
  ],
  // The last lines of a server, and whatever else has no code.
  [`token ${SECRET}`, undefined],
  [new Error(SECRET), undefined],
  [{ code: SECRET }, undefined],
  [undefined, undefined],
])('of %j nothing is logged that somebody else wrote', (cause, expected) => {
  expect(loggableCause(cause)).toBe(expected);
});

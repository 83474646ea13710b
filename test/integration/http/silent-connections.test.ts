import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { buildHttpApp } from '../../support/http-app.ts';

test('a connection on which nothing was sent does not hold up the end', async () => {
  const { app, listen } = await buildHttpApp();
  const { port } = await listen();
  const silent = connect(Number(port), '127.0.0.1');
  await once(silent, 'connect');
  const used = connect(Number(port), '127.0.0.1');
  used.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(used, 'data');

  await Promise.all([app.close(), once(silent, 'close'), once(used, 'close')]);

  expect(silent.destroyed).toBe(true);
});

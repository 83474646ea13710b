import { expect, it } from 'vitest';
import { loadGmailSettings } from '../../../src/gmail/gmail-settings.ts';

it('needs no setting at all, and takes Google itself', () => {
  expect(loadGmailSettings({ GMAIL_PUBLIC_URL: ' ', PORT: '8080' })).toMatchObject({
    ...{ host: '127.0.0.1', port: 8090, publicUrl: undefined, proxy: undefined },
    apiUrl: 'https://gmail.googleapis.com',
    issuer: 'https://accounts.google.com',
  });
  const env = { GMAIL_PUBLIC_URL: 'https://gmail.example.com/', HTTPS_PROXY: 'http://proxy:3128' };
  expect(loadGmailSettings({ ...env, NO_PROXY: 'a.example, b.example' })).toMatchObject({
    publicUrl: 'https://gmail.example.com',
    proxy: { url: 'http://proxy:3128', noProxy: ['a.example', 'b.example'] },
  });
});

it('names all that is wrong, and no value', () => {
  const env = { GMAIL_PORT: '70000', GMAIL_API_URL: 'ftp://user:secret@host', LOG_LEVEL: 'loud' };
  expect(() => loadGmailSettings(env)).toThrow(
    /^Not valid: GMAIL_PORT, GMAIL_API_URL, LOG_LEVEL\.$/,
  );
});

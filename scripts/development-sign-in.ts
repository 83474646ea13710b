import { freePort } from './free-port.ts';
import { type SignInPage, startSignInPage } from './sign-in-page.ts';

/** Settings with which users can sign in to servers, and the page that their browsers come back to. */
export interface DevelopmentSignIn {
  env: Record<string, string | undefined>;
  /** Undefined where the settings name pages already, or are not usable anyway. */
  page: SignInPage | undefined;
}

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = '8080';

/**
 * Fills in `PUBLIC_URL` and `OAUTH_RETURN_URLS` where neither is set: browsers take `localhost` for https, and come back to a page of the
 * script. The port has to be known before the service listens, so `PORT=0` becomes one that is free.
 */
export async function startDevelopmentSignIn(
  env: Readonly<Record<string, string | undefined>>,
): Promise<DevelopmentSignIn> {
  const { PUBLIC_URL: publicUrl, OAUTH_RETURN_URLS: returnUrls } = env;
  const wanted = env['PORT'] || DEFAULT_PORT;
  if (publicUrl || returnUrls || !/^\d{1,5}$/.test(wanted))
    return { env: { ...env }, page: undefined };
  const host = env['HOST'] || DEFAULT_HOST;
  const port = wanted === '0' ? await freePort(0, host) : Number(wanted);
  const page = await startSignInPage(`http://${host}:${port}`);
  const signIn = { PUBLIC_URL: `http://localhost:${port}`, OAUTH_RETURN_URLS: page.url };
  return { env: { ...env, PORT: String(port), ...signIn }, page };
}

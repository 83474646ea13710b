import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { CheckState, ReadinessCheck } from './http/readiness.ts';
import type { Clock } from './lib/clock.ts';
import {
  KeyringError,
  KeyServiceError,
  type LockedKeyring,
  TransitKeyService,
} from './modules/credentials/index.ts';
import { readCertificateFile, trustAlso } from './outbound/certificate-authorities.ts';
import { createOutbound } from './outbound/guarded-fetch.ts';
import { SystemResolver } from './outbound/host-resolver.ts';
import { ManagedPolicy } from './outbound/outbound-policy.ts';

/** How a key service is reached. */
export interface KeyServiceAccess {
  settings: NonNullable<Config['keyService']>;
  /** File with further certificate authorities. */
  caFile: string | undefined;
  clock: Pick<Clock, 'sleep'>;
}

/** What the keys of a service are loaded with. */
export interface KeyLoadingBasis {
  config: { keyService: Config['keyService']; outbound: Pick<Config['outbound'], 'caFile'> };
  keyring: LockedKeyring;
  clock: Pick<Clock, 'sleep'>;
  logger: Pick<Logger, 'info' | 'error'>;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Unwraps the keys of a keyring, over a way out of its own that is closed again. They stay in memory: the key service is not needed any more.
 * @throws KeyServiceError; KeyringError where what it opened is no key
 */
export async function unlockKeyring(keyring: LockedKeyring, access: KeyServiceAccess) {
  const { settings, caFile, clock } = access;
  const outbound = createOutbound({
    policy: new ManagedPolicy({ origins: [new URL(settings.url).origin] }),
    resolver: new SystemResolver(),
    ...(caFile === undefined ? {} : { secureContext: trustAlso(readCertificateFile(caFile)) }),
  });
  try {
    const fetch = (url: string, init: RequestInit) => outbound.fetch(url, init);
    await keyring.unlock(new TransitKeyService({ ...settings, fetch, clock }));
  } finally {
    await outbound.close();
  }
}

/** Loads the keys of the service, as often as it takes: until then it is not ready, and says why. */
export function createKeyLoading({ config, keyring, clock, logger }: KeyLoadingBasis) {
  const stop = new AbortController();
  let fault = 'The keys are being unwrapped.';
  let running: Promise<void> = Promise.resolve();
  const attempt = async (): Promise<boolean> => {
    const { keyService: settings, outbound } = config;
    if (keyring.wrapped.size === 0 || settings === undefined) return true;
    try {
      await unlockKeyring(keyring, { settings, caFile: outbound.caFile, clock });
      logger.info('the encryption keys are unwrapped');
      return true;
    } catch (err) {
      const reason = describeKeyFailure(err);
      if (reason !== fault) logger.error({ err }, 'the encryption keys cannot be unwrapped');
      fault = reason;
      return false;
    }
  };
  const repeat = async (onLoaded: () => void): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stop.signal.aborted) {
      await clock.sleep(pauseMs, stop.signal).catch(() => {});
      if (!stop.signal.aborted && (await attempt())) return onLoaded();
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };
  return {
    /** Tries once; where that fails, it is tried again later. `onLoaded` is called when all keys are there. */
    start: async (onLoaded: () => void): Promise<void> => {
      if (await attempt()) onLoaded();
      else running = repeat(onLoaded);
    },
    close: async (): Promise<void> => {
      stop.abort();
      await running;
    },
    readinessCheck: {
      name: 'key_service',
      blocks: true,
      check: (): Promise<CheckState> =>
        Promise.resolve(keyring.wrapped.size === 0 ? { ok: true } : { ok: false, reason: fault }),
    } satisfies ReadinessCheck,
  };
}

/** For operators; quotes nothing. */
export function describeKeyFailure(error: unknown): string {
  if (error instanceof KeyServiceError) return error.message;
  if (error instanceof KeyringError)
    return `What the key service unwrapped is no key: ${error.message}.`;
  return 'The key service cannot be used.';
}

import type { SettingCheck } from './config.ts';
import type { SettingName } from './config-settings.ts';
import { connectionConfig } from './database/connection-config.ts';
import { checkKeyring } from './modules/credentials/index.ts';
import { parseAllowedAddresses, parseAllowedHosts } from './outbound/allow-lists.ts';

/** Checks of settings whose format belongs to a module; for `loadConfig`. */
export const settingChecks: Readonly<Partial<Record<SettingName, SettingCheck>>> = {
  ENCRYPTION_KEYS: checkKeyring,
  DATABASE_URL: (text) => problemOf(() => connectionConfig(text, { application: 'check', max: 1 })),
  OUTBOUND_ALLOWED_HOSTS: (text) => problemOf(() => parseAllowedHosts(text)),
  OUTBOUND_ALLOWED_ADDRESSES: (text) => problemOf(() => parseAllowedAddresses(text)),
};

/** What is wrong is not repeated: no value of a setting is ever printed. */
function problemOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch {
    return 'does not have the expected form';
  }
}

import { loadConfig } from '../../../../src/config.ts';
import { startService } from '../../../../src/service.ts';
import { settingChecks } from '../../../../src/setting-checks.ts';
import { ApiClient } from '../../../support/api-client.ts';
import type { TestService } from '../../../support/test-service.ts';

/** A further service on the database of a {@link TestService}, as after a restart with other settings. */
export interface ServiceAgain {
  url: string;
  logLines: string[];
  clientFor(user: string): Promise<ApiClient>;
  stop(): Promise<void>;
}

/** Starts a service with the settings of another one, but for `changes`. */
export async function startServiceOn(
  { env, tokenFor }: TestService,
  changes: Readonly<Record<string, string>>,
): Promise<ServiceAgain> {
  const logLines: string[] = [];
  const config = loadConfig({ ...env, ...changes }, settingChecks);
  const service = await startService(config, {
    logDestination: { write: (line) => void logLines.push(line) },
  });
  return {
    url: service.url,
    logLines,
    clientFor: async (user) => new ApiClient({ baseUrl: service.url, token: await tokenFor(user) }),
    stop: () => service.stop(),
  };
}

/** What `/readyz` says. */
export async function readiness(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, text: await response.text() };
}
